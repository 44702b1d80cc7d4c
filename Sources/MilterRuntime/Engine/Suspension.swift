import MilterCore
import MilterSystem

/// A callback that is suspended, as its connection sees it.
struct Suspension: Sendable {
  private let executor: CallbackExecutor
  /// The callback's number, since the executor may have another one by the time it is canceled.
  private let number: Int
  /// Whether the callback is of no use once the MTA has left or given up the message.
  let needsMTA: Bool
  /// Whether the MTA had given up the message before the callback suspended.
  let isAborted: Bool
  /// The start of a command that the MTA has not sent whole.
  private let cutFrame: [UInt8]

  /// How far is looked ahead, in bytes.
  private static let mostPeeked = 64 * 1024

  /// Notes a callback that is suspended.
  ///
  /// - Parameters:
  ///   - executor: what runs it.
  ///   - needsMTA: whether it is of no use once the MTA has left or given up the message.
  ///   - received: what the MTA has sent after the current command.
  init(_ executor: CallbackExecutor, needsMTA: Bool, received: [UInt8]) {
    self.executor = executor
    self.needsMTA = needsMTA
    let end = needsMTA ? MessageEnd.search(received.span) : received.count
    isAborted = end == nil
    cutFrame = end.map { Array(received[$0...]) } ?? []
    number = executor.number
  }

  /// Whether what the MTA has sent since makes the callback useless: it has left, or given up the
  /// message.
  func isUseless(_ socket: Socket) -> Bool {
    guard needsMTA else { return false }
    guard !isAborted, let news = socket.peek(atMost: Self.mostPeeked) else { return true }
    return MessageEnd.search((cutFrame + news).span) == nil
  }

  /// Cancels the callback's task, if it is suspended still; to be called without a lock.
  func cancel() { executor.cancel(number: number) }
}

/// The cancellation of a callback.
final class CallbackCancellation: PoolWork {
  private let suspension: Suspension

  init(_ suspension: Suspension) { self.suspension = suspension }

  func serve(counting counters: ThreadCounters, receivingInto memory: PageMemory?) {
    counters.beginCallback()
    defer { counters.endCallback() }
    suspension.cancel()
  }
}

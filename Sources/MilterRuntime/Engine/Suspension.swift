import MilterCore
import MilterSystem

/// A callback that is suspended, as its connection sees it.
struct Suspension: Sendable {
  private let executor: CallbackExecutor
  /// The callback's number, since the executor may have another one by the time it is canceled.
  private let number: Int
  /// Whether the callback is of no use once the MTA has left or given up the message.
  let needsMTA: Bool
  /// The bytes that the MTA has sent after the current command.
  private let received: [UInt8]

  /// How far is looked ahead, in bytes.
  private static let mostPeeked = 64 * 1024

  init(_ executor: CallbackExecutor, needsMTA: Bool, received: [UInt8]) {
    self.executor = executor
    self.needsMTA = needsMTA
    self.received = received
    number = executor.number
  }

  /// Whether the MTA had given up the message before the callback suspended.
  var isAborted: Bool { needsMTA && MessageEnd.isAmong(received) }

  /// Whether what the MTA has sent since makes the callback useless: it has left, or given up the
  /// message.
  func isUseless(_ socket: Socket) -> Bool {
    guard needsMTA else { return false }
    guard let news = socket.peek(atMost: Self.mostPeeked) else { return true }
    return MessageEnd.isAmong(received + news)
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

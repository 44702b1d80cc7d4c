import MilterCore
import MilterSystem

/// The suspension of a callback, for its connection.
struct Suspension: Sendable {
  private let executor: CallbackExecutor
  /// The callback's number, because the executor may have another callback when this one is canceled.
  private let number: Int
  /// Whether the callback is useless after the MTA has left or aborted the message.
  let needsMTA: Bool
  /// Whether the MTA aborted the message before the callback suspended.
  let isAborted: Bool
  /// The start of a command that has not arrived as a whole.
  private let cutFrame: [UInt8]

  /// The maximum number of bytes that are searched ahead.
  private static let mostPeeked = 64 * 1024

  /// Notes the suspension of a callback.
  ///
  /// - Parameters:
  ///   - executor: The callback's executor.
  ///   - needsMTA: Whether the callback is useless after the MTA has left or aborted the message.
  ///   - received: The bytes that the MTA has sent after the current command.
  init(_ executor: CallbackExecutor, needsMTA: Bool, received: [UInt8]) {
    self.executor = executor
    self.needsMTA = needsMTA
    let end = needsMTA ? MessageEnd.search(received.span) : received.count
    isAborted = end == nil
    cutFrame = end.map { Array(received[$0...]) } ?? []
    number = executor.number
  }

  /// Whether the MTA has left or aborted the message, so that the callback is useless.
  func isUseless(_ socket: Socket) -> Bool {
    guard needsMTA else { return false }
    guard !isAborted, let news = socket.peek(atMost: Self.mostPeeked) else { return true }
    return MessageEnd.search((cutFrame + news).span) == nil
  }

  /// Cancels the callback's task, if it is still suspended; must be called without a lock.
  func cancel() { executor.cancel(number: number) }
}

import MilterCore
import MilterRuntime

/// Runs the callbacks of a ``MessageMilter``, and collects its messages.
///
/// The callbacks are those of an ``AsyncMilter``. Callbacks that the class does not override create no task.
final class MessageMilterHandler: SessionHandler {
  private let milter: MessageMilter
  private let inner: AsyncMilterHandler
  /// The callbacks to call; the others only collect the message.
  private let called: MilterCallbacks
  /// The current callback.
  private var callback = MilterCallback.negotiate
  /// Whether the filter skips the remaining recipients of this message.
  private var skipsRecipients = false

  init(_ milter: MessageMilter) {
    self.milter = milter
    inner = AsyncMilterHandler(milter)
    called = type(of: milter).overridden.union([.eom])
  }

  var name: String { inner.name }
  var callbacks: MilterCallbacks { inner.callbacks }
  var rules: SessionRules { inner.rules }

  func attach(to context: Conversation) { inner.attach(to: context) }

  func negotiate(_ offered: MilterOptions) throws
    -> (status: CallbackStatus, wanted: MilterOptions)?
  {
    callback = .negotiate
    return try inner.negotiate(offered)
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  {
    self.callback = callback
    try milter.collector.take(callback, payload, milter)
    guard called.contains(MilterCallbacks(callback)), callback != .envrcpt || !skipsRecipients
    else {
      return .status(conclude(.continue))
    }
    return inner.run(callback, payload)
  }

  func runDue(on executor: CallbackExecutor, _ proceed: @escaping () -> Bool) -> DueEnd {
    inner.runDue(on: executor, proceed)
  }

  func result() throws -> DueResult {
    let result = try inner.result()
    guard case .status(let status) = result else { return result }
    return .status(conclude(status))
  }

  /// Applies a status to the message that is being collected, and returns the status for the MTA.
  private func conclude(_ status: MilterStatus) -> MilterStatus {
    switch (callback, status) {
    case (.envrcpt, .reject), (.envrcpt, .tempfail): milter.collector.dropRecipient()
    case (.envrcpt, .skip):
      // The library needs the other recipients for the message.
      skipsRecipients = true
      return .continue
    default:
      if callback == .envrcpt, milter.isRejectedRecipient { milter.collector.dropRecipient() }
    }
    return status
  }

  func messageBegan() {
    forgetMessage()
    inner.messageBegan()
  }

  func abort() -> Bool {
    callback = .abort
    return inner.abort()
  }

  func messageEnded() {
    inner.messageEnded()
    forgetMessage()
  }

  func close() -> Bool {
    callback = .close
    return inner.close()
  }

  private func forgetMessage() {
    milter.collector = MessageCollector()
    skipsRecipients = false
  }
}

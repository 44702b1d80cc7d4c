import MilterCore
import MilterRuntime

/// Runs the callbacks of an ``AsyncMilter``, in tasks that begin on the connection's thread.
final class AsyncMilterHandler: SessionHandler {
  let milter: AsyncMilter
  private let type: AsyncMilter.Type
  /// The callback to run next.
  @exclusivity(unchecked) private var due: AsyncCall?
  /// The one that was due last.
  @exclusivity(unchecked) private var callback = MilterCallback.negotiate
  /// Its result; nil until it has ended.
  @exclusivity(unchecked) var outcome: Result<DueResult, any Error>?
  /// The message in the log of the callbacks' tasks.
  @exclusivity(unchecked) private var message = LogMessage()
  @exclusivity(unchecked) private var isMessageNamed = false
  @exclusivity(unchecked) private var isInMessage = false

  init(_ milter: AsyncMilter) {
    self.milter = milter
    type = Swift.type(of: milter)
  }

  var name: String { type.name }
  var callbacks: MilterCallbacks { type.callbacks }
  var rules: SessionRules { .strict }

  func attach(to context: Conversation) { milter.context = context }

  // MARK: Callbacks

  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )? {
    guard let context = milter.context else { return (.status(.reject), offered) }
    let proposal = try milter.proposal(offered, context)
    guard context.session.callbacks.contains(.negotiate) else {
      return (.status(.continue), proposal)
    }
    prepare(.negotiate, .negotiate(offered: offered, proposal: proposal))
    return nil
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  {
    guard let call = try AsyncCall(callback, payload, milter) else { return .status(.continue) }
    prepare(callback, call)
    return nil
  }

  func pass(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    milter.introduce(callback, payload)
  }

  func messageBegan() {
    milter.resetMessageProperties()
    isInMessage = true
    forgetMessage()
  }

  func abort() -> Bool {
    guard callbacks.contains(.abort) else { return true }
    prepare(.abort, .abort)
    return false
  }

  func messageEnded() {
    isInMessage = false
    milter.messageEnded()
    milter.resetMessageProperties()
  }

  func close() -> Bool {
    guard callbacks.contains(.close) else {
      milter.introduction = ClientIntroduction()
      return true
    }
    prepare(.close, .close)
    return false
  }

  private func prepare(_ callback: MilterCallback, _ call: AsyncCall) {
    self.callback = callback
    due = call
    outcome = nil
  }

  // MARK: Tasks

  func runDue(on executor: CallbackExecutor, _ proceed: @escaping () -> Bool) -> DueEnd {
    if !isInMessage { forgetMessage() }
    return CallbackTask(self, message, proceed).run(on: executor, milter.log)
  }

  /// The callback to run now.
  func takeDue() -> AsyncCall? {
    nameMessage()
    defer { due = nil }
    return due
  }

  /// Whether the callback that is due may run in a task whose log is about a certain message.
  func shares(_ message: LogMessage) -> Bool { isInMessage && message === self.message }

  private func forgetMessage() { (message, isMessageNamed) = (LogMessage(), false) }

  /// Looks for the queue ID until there is one, and again at the end: a filter that sees no envelope may
  /// have found that of the message before.
  private func nameMessage() {
    guard !isMessageNamed || callback == .eom, let context = milter.context else { return }
    isMessageNamed = message.learn(from: context.session.symbols)
  }

  func result() throws -> DueResult {
    switch outcome {
    case .success(let result): return result
    case .failure(is CancellationError) where milter.context?.executor.isCanceled ?? false:
      return .canceled
    case .failure(let error) where callback == .negotiate: throw milter.refusal(error)
    case .failure(let error): return .status(milter.answer(to: error, from: callback))
    case nil: return .canceled
    }
  }
}

import MilterCore
import MilterRuntime

/// Runs the callbacks of an ``AsyncMilter``, in tasks that begin on the connection's thread.
final class AsyncMilterHandler: SessionHandler {
  private let milter: AsyncMilter
  private let type: AsyncMilter.Type
  private var task: CallbackTask?
  private var callback = MilterCallback.negotiate

  init(_ milter: AsyncMilter) {
    self.milter = milter
    type = Swift.type(of: milter)
  }

  deinit { task?.end() }

  var name: String { type.name }
  var callbacks: MilterCallbacks { type.callbacks }
  var rules: SessionRules { .strict }

  func attach(to context: Conversation) {
    milter.context = context
    task = CallbackTask(milter, context.executor)
  }

  // MARK: Callbacks

  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )? {
    guard let context = milter.context else { return (.status(.reject), offered) }
    let proposal = try milter.proposal(offered, context)
    guard context.session.callbacks.contains(.negotiate) else {
      return (.status(.continue), proposal)
    }
    let hasEnded = start(.negotiate, .negotiate(offered: offered, proposal: proposal))
    guard hasEnded, case .wish(let status, let wanted) = try result() else { return nil }
    return (.status(status), wanted)
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  {
    try status(of: callback, payload).map { .status($0) }
  }

  /// Runs a callback.
  ///
  /// - Returns: its status; nil if it suspended.
  func status(
    of callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> MilterStatus? {
    guard let call = try AsyncCall(callback, payload, milter) else { return .continue }
    return start(callback, call) ? status() : nil
  }

  /// Starts a callback on the calling thread.
  ///
  /// - Returns: whether it has ended; if not, it suspended.
  private func start(_ callback: MilterCallback, _ call: AsyncCall) -> Bool {
    self.callback = callback
    return task?.run(call) ?? true
  }

  func pass(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    milter.introduce(callback, payload)
  }

  func messageBegan() {
    milter.resetMessageProperties()
    task?.keep()
  }

  func abort() -> Bool {
    guard callbacks.contains(.abort) else { return true }
    return start(.abort, .abort)
  }

  func messageEnded() {
    task?.end()
    milter.messageEnded()
    milter.resetMessageProperties()
  }

  func close() -> Bool {
    guard callbacks.contains(.close) else {
      milter.introduction = ClientIntroduction()
      return true
    }
    return start(.close, .close)
  }

  func result() throws -> SuspendedResult {
    switch task?.outcome {
    case .success(let result): return result
    case .failure(is CancellationError) where task?.isCanceled ?? false: return .canceled
    case .failure(let error) where callback == .negotiate: throw milter.refusal(error)
    case .failure(let error): return .status(milter.answer(to: error, from: callback))
    case nil: return .canceled
    }
  }

  /// The status of a callback that has ended on the connection's thread.
  private func status() -> MilterStatus {
    guard case .status(let status) = try? result() else { return .tempfail }
    return status
  }
}

import MilterCore
import MilterRuntime

/// Runs the callbacks of an ``AsyncMilter``: each is a task that begins on the connection's thread.
///
/// `@unchecked Sendable`, so that the tasks can hold on to it: the connection's thread uses it while no
/// task is under way, and the task while it is, and ``CallbackExecutor`` keeps the two apart.
final class AsyncMilterHandler: SessionHandler, @unchecked Sendable {
  private typealias Outcome = Result<SuspendedResult, any Error>

  private let milter: AsyncMilter
  private let type: AsyncMilter.Type
  private var executor: CallbackExecutor?
  /// What the callback under way came to; nil until it has ended.
  private var outcome: Outcome?
  private var callback = MilterCallback.negotiate

  init(_ milter: AsyncMilter) {
    self.milter = milter
    type = Swift.type(of: milter)
  }

  var name: String { type.name }
  var callbacks: MilterCallbacks { type.callbacks }
  var rules: SessionRules { .strict }

  func attach(to context: Conversation) {
    milter.context = context
    executor = context.executor
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
    let hasEnded = start(.negotiate) { milter in
      var wanted = proposal
      let status = try await milter.negotiate(offered, &wanted)
      return .wish(status, wanted)
    }
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
    guard try begin(callback, payload) else { return nil }
    return status()
  }

  /// Begins a callback.
  ///
  /// - Returns: whether it has ended.
  private func begin(
    _ callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> Bool {
    switch callback {
    case .connect:
      let (host, address) = try milter.connectArguments(payload)
      return start(callback) { .status(try await $0.connect(host, address)) }
    case .helo:
      let name = try milter.heloArgument(payload)
      return start(callback) { .status(try await $0.helo(name)) }
    case .envfrom:
      let (sender, arguments) = try CommandLayout.envelope(payload, .mail)
      return start(callback) { .status(try await $0.envfrom(sender, arguments)) }
    case .envrcpt:
      let (recipient, arguments) = try CommandLayout.envelope(payload, .rcpt)
      return start(callback) { .status(try await $0.envrcpt(recipient, arguments)) }
    case .data: return start(callback) { .status(try await $0.data()) }
    case .unknown:
      let command = milter.unknownArgument(payload)
      return start(callback) { .status(try await $0.unknown(command)) }
    case .header:
      let (name, value) = try milter.headerArguments(payload)
      return start(callback) { .status(try await $0.header(name, value)) }
    case .eoh: return start(callback) { .status(try await $0.eoh()) }
    case .body:
      let chunk = payload.bytes(in: 0..<payload.count)
      return start(callback) { .status(try await $0.body(chunk)) }
    case .eom: return start(callback) { .status(try await $0.eom()) }
    case .negotiate, .abort, .close:
      outcome = .success(.status(.continue))
      return true
    }
  }

  func pass(_ callback: MilterCallback, _ payload: Span<UInt8>) {
    milter.introduce(callback, payload)
  }

  func messageBegan() { milter.resetMessageProperties() }

  func abort() -> Bool {
    guard callbacks.contains(.abort) else { return true }
    return start(.abort) { milter in
      await milter.abort()
      return .returned
    }
  }

  func messageEnded() {
    milter.messageEnded()
    milter.resetMessageProperties()
  }

  func close() -> Bool {
    guard callbacks.contains(.close) else {
      milter.introduction = ClientIntroduction()
      return true
    }
    return start(.close) { milter in
      await milter.close()
      milter.introduction = ClientIntroduction()
      return .returned
    }
  }

  // MARK: Tasks

  /// Starts a callback's task on the calling thread.
  ///
  /// - Returns: whether it has ended; if not, it suspended.
  private func start(
    _ callback: MilterCallback,
    _ body: nonisolated(nonsending) @escaping (AsyncMilter) async throws -> SuspendedResult
  ) -> Bool {
    guard let executor else { return true }
    self.callback = callback
    outcome = nil
    executor.begin()
    nonisolated(unsafe) let body = body
    let task = Task.immediate(executorPreference: executor) { [self] in
      await MilterLog.$current.withValue(milter.log) {
        do {
          outcome = .success(try await body(milter))
        } catch {
          outcome = .failure(error)
        }
      }
      executor.end()
    }
    if outcome != nil { return true }
    executor.suspended(task)
    return false
  }

  func result() throws -> SuspendedResult {
    switch outcome {
    case .success(let result): return result
    case .failure(is CancellationError) where executor?.isCanceled ?? false: return .canceled
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

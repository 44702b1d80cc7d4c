import MilterCore
import MilterRuntime

/// Runs the callbacks of an ``AsyncMilter``, in tasks that begin on the connection's thread.
final class AsyncMilterHandler: SessionHandler {
  private let milter: AsyncMilter
  private let type: AsyncMilter.Type
  // The check of exclusive access would cost time in each callback. One thread at a time uses the handler.
  /// The callback that is due, or was due last.
  @exclusivity(unchecked) private var callback = MilterCallback.negotiate
  /// The arguments for ``AsyncMilter/negotiate(_:_:)``.
  @exclusivity(unchecked) private var offer: (offered: MilterOptions, proposal: MilterOptions)?
  /// The result of that callback.
  @exclusivity(unchecked) var outcome = Result<DueResult, any Error>.success(.canceled)

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
    offer = (offered, proposal)
    prepare(.negotiate)
    return nil
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) -> CallbackStatus? {
    prepare(callback)
    return nil
  }

  func messageBegan() {
    milter.resetMessageProperties()
    milter.context?.setMessage(LogMessage())
  }

  func abort() -> Bool {
    guard callbacks.contains(.abort) else { return true }
    prepare(.abort)
    return false
  }

  func messageEnded() {
    milter.context?.setMessage(nil)
    milter.messageEnded()
    milter.resetMessageProperties()
  }

  func close() -> Bool {
    guard callbacks.contains(.close) else { return true }
    prepare(.close)
    return false
  }

  private func prepare(_ callback: MilterCallback) {
    self.callback = callback
    outcome = .success(.canceled)
  }

  // MARK: Tasks

  func runDue(on executor: CallbackExecutor, _ proceed: @escaping () -> Bool) -> DueEnd {
    guard let context = milter.context else { return .nothingDue }
    let message = context.messageOfDue
    let log = context.log(about: message)
    return CallbackTask(self, message, proceed).run(on: executor, log)
  }

  /// Whether a message is still in progress.
  func isUnderWay(_ message: LogMessage) -> Bool { milter.context?.isUnderWay(message) ?? false }

  /// Calls the filter's method for the callback that is due.
  ///
  /// Always inlined: each asynchronous function between the task and the method costs several
  /// hundred instructions.
  @inline(__always)
  nonisolated(nonsending) func callDue() async throws -> DueResult {
    switch callback {
    case .negotiate:
      guard let offer else { return .canceled }
      var options = offer.proposal
      let status = try await milter.negotiate(offer.offered, &options)
      return .wish(status, options)
    case .connect:
      let (host, address) = try read(milter.connectArguments)
      return .status(try await milter.connect(host, address))
    case .helo: return .status(try await milter.helo(try read(milter.heloArgument)))
    case .envfrom:
      let (sender, arguments) = try read { payload throws(MilterError) in
        try CommandLayout.envelope(payload, .mail)
      }
      return .status(try await milter.envfrom(sender, arguments))
    case .envrcpt:
      let (recipient, arguments) = try read { payload throws(MilterError) in
        try CommandLayout.envelope(payload, .rcpt)
      }
      return .status(try await milter.envrcpt(recipient, arguments))
    case .data: return .status(try await milter.data())
    case .unknown: return .status(try await milter.unknown(try read(milter.unknownArgument)))
    case .header:
      let (name, value) = try read(milter.headerArguments)
      return .status(try await milter.header(name, value))
    case .eoh: return .status(try await milter.eoh())
    case .body: return .status(try await milter.body(try read { $0.bytes(in: $0.indices) }))
    case .eom: return .status(try await milter.eom())
    case .abort: await milter.abort()
    case .close: await milter.close()
    }
    return .returned
  }

  /// A command that cannot be read.
  private struct Malformed: Error {
    let error: MilterError
  }

  /// Reads the arguments of the current command.
  @inline(__always)
  private func read<Arguments>(
    _ arguments: (Span<UInt8>) throws(MilterError) -> Arguments
  ) throws -> Arguments {
    let result: Arguments?
    do {
      result = try milter.context?.withCurrentPayload(arguments)
    } catch {
      throw Malformed(error: error)
    }
    guard let result else { throw CancellationError() }
    return result
  }

  func result() throws -> DueResult {
    switch outcome {
    case .success(let result): return result
    case .failure(let malformed as Malformed): throw malformed.error
    case .failure(is CancellationError) where milter.context?.executor.isCanceled ?? false:
      return .canceled
    case .failure(let error) where callback == .negotiate: throw milter.refusal(error)
    case .failure(let error): return .status(milter.answer(to: error, from: callback))
    }
  }
}

import MilterCore
import MilterRuntime

/// A callback of an ``AsyncMilter`` with its arguments.
enum AsyncCall {
  case negotiate(offered: MilterOptions, proposal: MilterOptions)
  case connect(String, MilterAddress?)
  case helo(String)
  case envfrom(String, [String])
  case envrcpt(String, [String])
  case data
  case unknown(String)
  case header(String, String)
  case eoh
  case body([UInt8])
  case eom
  case abort
  case close

  /// The call for a callback that the MTA waits for, with the arguments from a command's payload.
  ///
  /// `nil` for `negotiate`, `abort`, and `close`, which start elsewhere.
  init?(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ milter: AsyncMilter
  ) throws(MilterError) {
    switch callback {
    case .connect:
      let (host, address) = try milter.connectArguments(payload)
      self = .connect(host, address)
    case .helo: self = .helo(try milter.heloArgument(payload))
    case .envfrom:
      let (sender, arguments) = try CommandLayout.envelope(payload, .mail)
      self = .envfrom(sender, arguments)
    case .envrcpt:
      let (recipient, arguments) = try CommandLayout.envelope(payload, .rcpt)
      self = .envrcpt(recipient, arguments)
    case .data: self = .data
    case .unknown: self = .unknown(milter.unknownArgument(payload))
    case .header:
      let (name, value) = try milter.headerArguments(payload)
      self = .header(name, value)
    case .eoh: self = .eoh
    case .body: self = .body(payload.bytes(in: 0..<payload.count))
    case .eom: self = .eom
    case .negotiate, .abort, .close: return nil
    }
  }

  /// Calls the filter's method.
  ///
  /// Always inlined: each asynchronous function between the task and the method costs several
  /// hundred instructions.
  @inline(__always)
  nonisolated(nonsending) func run(_ milter: AsyncMilter) async throws -> DueResult {
    switch self {
    case .negotiate(let offered, var options):
      let status = try await milter.negotiate(offered, &options)
      return .wish(status, options)
    case .connect(let host, let address):
      return .status(try await milter.connect(host, address))
    case .helo(let name): return .status(try await milter.helo(name))
    case .envfrom(let sender, let arguments):
      return .status(try await milter.envfrom(sender, arguments))
    case .envrcpt(let recipient, let arguments):
      return .status(try await milter.envrcpt(recipient, arguments))
    case .data: return .status(try await milter.data())
    case .unknown(let command): return .status(try await milter.unknown(command))
    case .header(let name, let value):
      return .status(try await milter.header(name, value))
    case .eoh: return .status(try await milter.eoh())
    case .body(let chunk): return .status(try await milter.body(chunk))
    case .eom: return .status(try await milter.eom())
    case .abort: await milter.abort()
    case .close:
      await milter.close()
      milter.introduction = ClientIntroduction()
    }
    return .returned
  }
}

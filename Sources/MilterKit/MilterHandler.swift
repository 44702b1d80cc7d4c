import MilterCore
import MilterRuntime

/// Runs the callbacks of a ``Milter``: decodes their arguments, and catches their errors.
final class MilterHandler: SessionHandler {
  private let milter: Milter
  private let type: Milter.Type
  /// The callbacks that get bytes instead of texts.
  private let raw: MilterCallbacks

  init(_ milter: Milter) {
    self.milter = milter
    type = Swift.type(of: milter)
    raw = CallbackProbe.milter.overrides(of: type).raw
  }

  var name: String { type.name }
  var callbacks: MilterCallbacks { type.callbacks }
  var rules: SessionRules { .strict }

  func attach(to context: Conversation) { milter.context = context }

  func negotiate(_ offered: MilterOptions) throws -> (
    status: CallbackStatus, wanted: MilterOptions
  )? {
    guard let context = milter.context else { return (.status(.reject), offered) }
    var wanted = try milter.proposal(offered, context)
    guard context.session.callbacks.contains(.negotiate) else {
      return (.status(.continue), wanted)
    }
    do {
      let status = try milter.negotiate(offered, &wanted)
      return (.status(status), wanted)
    } catch {
      throw milter.refusal(error)
    }
  }

  @inline(__always)
  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError)
    -> CallbackStatus?
  {
    .status(try status(of: callback, payload))
  }

  @inline(__always)
  private func status(
    of callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> MilterStatus {
    if raw.contains(MilterCallbacks(callback)) { return try rawStatus(of: callback, payload) }
    switch callback {
    case .connect:
      let (host, address) = try milter.connectArguments(payload)
      return catching(callback) { try milter.connect(host, address) }
    case .helo:
      let name = try milter.heloArgument(payload)
      return catching(callback) { try milter.helo(name) }
    case .envfrom:
      let (sender, arguments) = try CommandLayout.envelope(payload, .mail)
      return catching(callback) { try milter.envfrom(sender, arguments) }
    case .envrcpt:
      let (recipient, arguments) = try CommandLayout.envelope(payload, .rcpt)
      return catching(callback) { try milter.envrcpt(recipient, arguments) }
    case .data: return catching(callback) { try milter.data() }
    case .unknown:
      let command = milter.unknownArgument(payload)
      return catching(callback) { try milter.unknown(command) }
    case .header:
      let (name, value) = try milter.headerArguments(payload)
      return catching(callback) { try milter.header(name, value) }
    case .eoh: return catching(callback) { try milter.eoh() }
    case .body:
      let chunk = payload.bytes
      return catching(callback) { try milter.body(chunk) }
    case .eom: return catching(callback) { try milter.eom() }
    case .negotiate, .abort, .close: return .continue
    }
  }

  /// Runs a callback that gets bytes.
  private func rawStatus(
    of callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> MilterStatus {
    let bytes = payload.bytes
    switch callback {
    case .envfrom:
      let (sender, arguments) = try CommandLayout.rawEnvelope(payload, .mail)
      return catching(callback) {
        try milter.envfrom(bytes.extracting(sender), bytes.extracting(arguments))
      }
    case .envrcpt:
      let (recipient, arguments) = try CommandLayout.rawEnvelope(payload, .rcpt)
      return catching(callback) {
        try milter.envrcpt(bytes.extracting(recipient), bytes.extracting(arguments))
      }
    default:
      let (name, value) = try CommandLayout.header(payload)
      if milter.fakesLeadingSpace {
        let spaced = [0x20] + payload.bytes(in: value)
        return catching(callback) {
          try milter.header(bytes.extracting(name), spaced.span.bytes)
        }
      }
      return catching(callback) {
        try milter.header(bytes.extracting(name), bytes.extracting(value))
      }
    }
  }

  // Inlined, so that no closure keeps the arguments.
  @inline(__always)
  private func catching(
    _ callback: MilterCallback, _ body: () throws -> MilterStatus
  ) -> MilterStatus {
    do {
      return try body()
    } catch {
      return milter.answer(to: error, from: callback)
    }
  }

  func messageBegan() { milter.resetMessageProperties() }

  func abort() -> Bool {
    milter.abort()
    return true
  }

  func messageEnded() {
    milter.messageEnded()
    milter.resetMessageProperties()
  }

  func close() -> Bool {
    milter.close()
    return true
  }
}

import MilterCore
import MilterRuntime

/// Runs the callbacks of a ``Milter``: decodes their arguments, and catches what they throw.
final class MilterHandler: SessionHandler {
  private let milter: Milter
  private let type: Milter.Type

  init(_ milter: Milter) {
    self.milter = milter
    type = Swift.type(of: milter)
  }

  var name: String { type.name }
  var callbacks: MilterCallbacks { type.callbacks }
  var rules: SessionRules { .strict }

  func attach(to context: MilterContext) { milter.context = context }

  func negotiate(_ offered: MilterOptions) throws -> (status: Int32, wanted: MilterOptions) {
    guard let context = milter.context else { return (MilterStatus.reject.rawValue, offered) }
    let wishes = try DeclaredWishes(of: type)
    if !wishes.macros.isEmpty { context.session.declareMacros(wishes.macros) }
    var wanted = context.session.proposal(type.actions)
    wishes.add(to: &wanted, offered)
    milter.fakesLeadingSpace = wishes.fakesLeadingSpace(offered)
    guard context.session.callbacks.contains(.negotiate) else {
      return (MilterStatus.continue.rawValue, wanted)
    }
    do {
      let status = try milter.negotiate(offered, &wanted)
      return (status.rawValue, wanted)
    } catch {
      milter.log.debug("negotiate threw: \(error)")
      throw MilterError(.negotiationRefused, "negotiate threw: \(LogText.harmless(error))")
    }
  }

  func run(_ callback: MilterCallback, _ payload: Span<UInt8>) throws(MilterError) -> Int32 {
    try status(of: callback, payload).rawValue
  }

  private func status(
    of callback: MilterCallback, _ payload: Span<UInt8>
  ) throws(MilterError) -> MilterStatus {
    switch callback {
    case .connect:
      let (host, address) = try CommandLayout.connect(payload)
      let name = payload.text(in: host)
      return catching(callback) { try milter.connect(name, address) }
    case .helo:
      let name = payload.text(in: try CommandLayout.string(payload, .helo))
      return catching(callback) { try milter.helo(name) }
    case .envfrom:
      let (sender, arguments) = try CommandLayout.envelope(payload, .mail)
      return catching(callback) { try milter.envfrom(sender, arguments) }
    case .envrcpt:
      let (recipient, arguments) = try CommandLayout.envelope(payload, .rcpt)
      return catching(callback) { try milter.envrcpt(recipient, arguments) }
    case .data: return catching(callback) { try milter.data() }
    case .unknown:
      let command = payload.text(in: CommandLayout.unknown(payload))
      return catching(callback) { try milter.unknown(command) }
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      let nameText = payload.text(in: name)
      var valueText = payload.text(in: value)
      if milter.fakesLeadingSpace { valueText = " " + valueText }
      return catching(callback) { try milter.header(nameText, valueText) }
    case .eoh: return catching(callback) { try milter.eoh() }
    case .body:
      let chunk = payload.bytes
      return catching(callback) { try milter.body(chunk) }
    case .eom: return catching(callback) { try milter.eom() }
    case .negotiate, .abort, .close: return .continue
    }
  }

  // Inlined, so that no closure holds on to the arguments.
  @inline(__always)
  private func catching(
    _ callback: MilterCallback, _ body: () throws -> MilterStatus
  ) -> MilterStatus {
    do {
      return try body()
    } catch {
      // The MTA was answered without the callback, and the log and the counters say how.
      if milter.context?.isAnswered ?? false { return .tempfail }
      milter.context?.countThrow()
      milter.log.put(
        .error, .thrown, "\(callback) threw, tempfail is answered: \(LogText.harmless(error))")
      milter.log.debug("\(callback) threw: \(error)")
      return .tempfail
    }
  }

  func messageBegan() { milter.resetMessageProperties() }

  func abort() { milter.abort() }

  func messageEnded() {
    milter.messageEnded()
    milter.resetMessageProperties()
  }

  func close() { milter.close() }
}

import MilterCore

extension MTASession {
  /// Most bytes of a name, address, argument or macro; SMTP lines are no longer.
  private static let stringLimit = 2048

  /// Sends a step's macros and command, and notes whether a reply is to be awaited.
  mutating func perform(_ step: TransactionStep) {
    guard let mail = transaction?.mail, let options = negotiated?.options else { return }
    let isRefused: Bool
    if case .rcpt(let number) = step {
      transaction?.recipient = number
      isRefused = mail.envelope.recipients[number].refusal != nil
    } else {
      isRefused = false
    }
    // A recipient that the MTA refuses is not even hinted at unless the filter wants to know.
    if isRefused && !options.steps.contains(.rcptRej) { return }
    sendMacros(before: step, mail.envelope)
    let callback = step.callback
    if callback == .data && options.version < 4 { return }
    let isLeftOut = !callback.noFlag.isEmpty && options.steps.contains(callback.noFlag)
    if isLeftOut || transaction?.skipped.contains(.init(callback)) == true { return }
    command(step, mail).write(to: &writer)
    if callback == .envfrom { transaction?.isInMessage = true }
    let isAnswered = callback.nrFlag.isEmpty || !options.steps.contains(callback.nrFlag)
    if isAnswered { waiting = callback }
  }

  /// Sends the macros of a step that owns some; also if the step itself is left out, as MTAs do.
  private mutating func sendMacros(before step: TransactionStep, _ envelope: MTAEnvelope) {
    guard let stage = step.stage else { return }
    let requested = negotiated?.macroLists.last { $0.stage == stage }?.macros
    let recipient = transaction?.recipient.map { envelope.recipients[$0] }
    let macros = envelope.macros.macros(
      at: stage, requested: requested, sender: envelope.sender, recipient: recipient)
    var size = 1
    let fitting = macros.map { macro in
      MilterMacro(name: wire(macro.name), value: wire(macro.value ?? []))
    }.prefix { macro in
      size += macro.name.count + (macro.value?.count ?? 0) + 2
      return size <= WireLimits.payload64K
    }
    guard !fitting.isEmpty else { return }
    MTACommand.macro(stage.owner.rawValue, Array(fitting)).write(to: &writer)
  }

  private func command(_ step: TransactionStep, _ mail: MTAMail) -> MTACommand {
    let envelope = mail.envelope
    switch step {
    case .connect: return .connect(host: wire(envelope.host), address: envelope.address)
    case .helo: return .helo(wire(envelope.helo))
    case .mail: return .mail(strings(envelope.sender))
    case .rcpt(let number): return .rcpt(strings(envelope.recipients[number]))
    case .data: return .data
    case .header(let number):
      let header = mail.message.headers[number]
      let leadingSpace = negotiated?.options.steps.contains(.hdrLeadspc) ?? false
      let limit = max(0, min(profile.headerLimit, maximumPayload - 2))
      let name = wire(header.name, limit: limit)
      let value = wire(header.value(leadingSpace: leadingSpace), limit: limit - name.count)
      return .header(name: name, value: value)
    case .eoh: return .eoh
    case .body(let start):
      let body = mail.message.body
      return .body(Array(body[start..<min(start + chunkSize, body.count)]))
    case .eom: return .endOfBody([])
    }
  }

  private func strings(_ path: MTAEnvelope.Path) -> [[UInt8]] {
    ([path.address] + path.arguments).map { wire($0) }
  }

  /// Bytes as they can be in a C string of a packet.
  private func wire(_ bytes: [UInt8], limit: Int = stringLimit) -> [UInt8] {
    Array(bytes.lazy.filter { $0 != 0 }.prefix(limit))
  }
}

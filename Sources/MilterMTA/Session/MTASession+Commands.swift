import MilterCore

extension MTASession {
  /// Returns the command for a step.
  func command(_ step: MTAStep) -> MTACommand {
    switch step {
    case .connect(let host, let address): return .connect(host: wire(host), address: address)
    case .helo(let name): return .helo(wire(name))
    case .mail(let path): return .mail(strings(path))
    case .rcpt(let path): return .rcpt(strings(path))
    case .data: return .data
    case .header(let header):
      let leadingSpace = negotiated?.options.steps.contains(.hdrLeadspc) ?? false
      let limit = max(0, maximumPayload - 2)
      let name = wire(header.name, limit: limit)
      let value = wire(header.value(leadingSpace: leadingSpace), limit: limit - name.count)
      return .header(name: name, value: value)
    case .eoh: return .eoh
    case .body(let bytes): return .body(bytes)
    case .eom: return .endOfBody(lastChunk)
    case .unknown(let command):
      let words = profile.showsUnknownArguments ? command[...] : command.prefix { $0 != 0x20 }
      return .unknown(wire(Array(words)))
    case .reset: return .abort
    case .newClient: return .quitNewConnection
    }
  }

  private func strings(_ path: MTAEnvelope.Path) -> [[UInt8]] {
    let address = profile.bracketsAddresses ? path.address : path.bareAddress
    return ([address] + path.arguments).map { wire($0) }
  }
}

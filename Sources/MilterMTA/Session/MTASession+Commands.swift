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
      if profile.dialect == .stalwart { return stalwartHeader(header) }
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

  /// A header field as Stalwart sends it.
  private func stalwartHeader(_ header: MTAHeader) -> MTACommand {
    func trimmed(_ bytes: [UInt8]) -> [UInt8] {
      guard let text = String(validating: bytes, as: UTF8.self) else { return [] }
      let isSpace = { (character: Unicode.Scalar) in character.properties.isWhitespace }
      let start = text.unicodeScalars.drop(while: isSpace)
      return Array(
        String(String.UnicodeScalarView(start.reversed().drop(while: isSpace).reversed())).utf8)
    }
    let value = header.value.flatMap { $0 == 0x0A ? MTAMessage.lineEnd : [$0] }
    return .header(
      name: wire(trimmed(header.name)), value: wire(trimmed(value), limit: maximumPayload - 2))
  }

  private func strings(_ path: MTAEnvelope.Path) -> [[UInt8]] {
    if profile.dialect == .stalwart { return [wire(path.address.map(\.asciiLowercased))] }
    let address = profile.bracketsAddresses ? path.address : path.bareAddress
    let first =
      profile.addressHasArguments
      ? Array(([address] + path.arguments).joined(separator: [0x20])) : address
    return ([first] + path.arguments).map { wire($0) }
  }
}

package import MilterCore

/// The current command, byte for byte.
extension Conversation {
  /// Calls `body` with the payload, which does not move during the call.
  ///
  /// - Returns: The result of `body`; `nil` between commands.
  package func withCurrentPayload<Result>(
    _ body: (Span<UInt8>) throws(MilterError) -> Result
  ) throws(MilterError) -> Result? {
    guard let current else { return nil }
    let bytes = input.bytes
    return try body(bytes.span.extracting(current.payload))
  }

  /// The current header field as it is in the message; empty in other callbacks.
  package var rawHeader: [UInt8] {
    guard let current, current.code == MTACommandCode.header.rawValue else { return [] }
    let bytes = input.bytes
    let payload = bytes.span.extracting(current.payload)
    guard let (name, value) = try? CommandLayout.header(payload) else { return [] }
    let (cr, lf) = (UInt8(0x0D), UInt8(0x0A))
    var field = payload.bytes(in: name)
    field.reserveCapacity(field.count + value.count + 16)
    field.append(UInt8(ascii: ":"))
    if !value.isEmpty, !session.agreed.steps.contains(.hdrLeadspc) { field.append(0x20) }
    for index in value {
      if payload[index] == lf, field.last != cr { field.append(cr) }
      field.append(payload[index])
    }
    field += [cr, lf]
    return field
  }

  /// The bytes of the current command's arguments, in C's order.
  package var rawArguments: [[UInt8]] {
    guard let current, let code = MTACommandCode(rawValue: current.code) else { return [] }
    let bytes = input.bytes
    let payload = bytes.span.extracting(current.payload)
    switch code {
    case .connect:
      let strings = payload.cStrings()
      guard let host = strings.first, let place = try? CommandLayout.connect(payload) else {
        return []
      }
      // The address follows the family byte and the port.
      let address = place.address == nil ? nil : payload.cString(at: host.upperBound + 4)
      return [payload.bytes(in: host)] + (address.map { [payload.bytes(in: $0)] } ?? [])
    case .helo: return [payload.bytes(in: payload.cString(at: 0) ?? 0..<0)]
    case .unknown: return [payload.bytes(in: CommandLayout.unknown(payload))]
    case .mail, .rcpt: return payload.cStrings().bytes(payload)
    case .header:
      guard let (name, value) = try? CommandLayout.header(payload) else { return [] }
      return [payload.bytes(in: name), payload.bytes(in: value)]
    case .body, .endOfBody: return payload.isEmpty ? [] : [payload.bytes(in: 0..<payload.count)]
    case .negotiate, .macro, .data, .eoh, .abort, .quit, .quitNewConnection: return []
    }
  }
}

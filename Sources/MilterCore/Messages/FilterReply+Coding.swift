extension FilterReply {
  /// Reads a reply.
  ///
  /// - Parameters:
  ///   - code: The frame's first byte.
  ///   - payload: The other bytes of the frame.
  /// - Throws: ``MilterError/Code/unknownReply`` or ``MilterError/Code/malformedReply``. Unlike in commands,
  ///   extra bytes are an error.
  public init(code: UInt8, payload: Span<UInt8>) throws(MilterError) {
    guard let code = FilterReplyCode(rawValue: code) else {
      throw MilterError(.unknownReply, "unknown reply byte 0x\(String(code, radix: 16))")
    }
    switch code {
    case .negotiate:
      guard let options = MilterNegotiation(payload: payload, ignoringRest: false) else {
        throw Self.malformed(code)
      }
      self = .negotiate(options)
    case .continue: self = try Self.bare(.continue, payload)
    case .accept: self = try Self.bare(.accept, payload)
    case .reject: self = try Self.bare(.reject, payload)
    case .tempfail: self = try Self.bare(.tempfail, payload)
    case .discard: self = try Self.bare(.discard, payload)
    case .skip: self = try Self.bare(.skip, payload)
    case .progress: self = try Self.bare(.progress, payload)
    case .shutdown: self = try Self.bare(.shutdown, payload)
    case .connectionFailure: self = try Self.bare(.connectionFailure, payload)
    case .replycode: self = .replycode(try Self.strings(code, payload, 1...1)[0])
    case .addrcpt: self = .addrcpt(try Self.strings(code, payload, 1...1)[0])
    case .delrcpt: self = .delrcpt(try Self.strings(code, payload, 1...1)[0])
    case .quarantine: self = .quarantine(try Self.strings(code, payload, 1...1)[0])
    case .addheader:
      let strings = try Self.strings(code, payload, 2...2)
      self = .addheader(name: strings[0], value: strings[1])
    case .insheader:
      let strings = try Self.strings(code, payload, from: 4, 2...2)
      let index = payload.bigEndian32(at: 0) ?? 0
      self = .insheader(index: index, name: strings[0], value: strings[1])
    case .chgheader:
      let strings = try Self.strings(code, payload, from: 4, 2...2)
      let index = payload.bigEndian32(at: 0) ?? 0
      self = .chgheader(index: index, name: strings[0], value: strings[1])
    case .chgfrom:
      let strings = try Self.strings(code, payload, 1...2)
      self = .chgfrom(strings[0], arguments: strings.count > 1 ? strings[1] : nil)
    case .addrcptPar:
      let strings = try Self.strings(code, payload, 1...2)
      self = .addrcptPar(strings[0], arguments: strings.count > 1 ? strings[1] : nil)
    case .replacebody: self = .replacebody(payload.bytes(in: 0..<payload.count))
    }
  }

  private static func malformed(_ code: FilterReplyCode) -> MilterError {
    MilterError(.malformedReply, "malformed \(code) reply")
  }

  private static func bare(
    _ reply: FilterReply, _ payload: Span<UInt8>
  ) throws(MilterError) -> FilterReply {
    guard payload.isEmpty else { throw malformed(reply.code) }
    return reply
  }

  /// Reads the strings from an offset to the payload's end.
  private static func strings(
    _ code: FilterReplyCode, _ payload: Span<UInt8>, from offset: Int = 0, _ count: ClosedRange<Int>
  ) throws(MilterError) -> [[UInt8]] {
    let places = payload.cStrings(from: offset)
    guard count.contains(places.count), places.last?.upperBound == payload.count - 1 else {
      throw malformed(code)
    }
    return places.bytes(payload)
  }

  /// Appends the reply to the output.
  public func write(to writer: inout ByteWriter) {
    guard code.hasPayload else { return writer.frame(code.rawValue) }
    writer.frame(code.rawValue) { writer in
      switch self {
      case .negotiate(let negotiation): negotiation.write(to: &writer)
      case .continue, .accept, .reject, .tempfail, .discard, .skip, .progress, .shutdown,
        .connectionFailure:
        break
      case .replycode(let string), .addrcpt(let string), .delrcpt(let string),
        .quarantine(let string):
        writer.append(cString: string)
      case .addheader(let name, let value):
        writer.append(cString: name)
        writer.append(cString: value)
      case .insheader(let index, let name, let value), .chgheader(let index, let name, let value):
        writer.append32(index)
        writer.append(cString: name)
        writer.append(cString: value)
      case .chgfrom(let address, let arguments), .addrcptPar(let address, let arguments):
        writer.append(cString: address)
        if let arguments { writer.append(cString: arguments) }
      case .replacebody(let chunk): writer.append(chunk)
      }
    }
  }

  /// The reply's bytes, a whole frame.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }
}

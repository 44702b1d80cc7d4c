extension MTACommand {
  /// Reads a command.
  ///
  /// - Parameters:
  ///   - code: The frame's first byte.
  ///   - payload: The other bytes of the frame.
  /// - Throws: ``MilterError/Code/unknownCommand`` or ``MilterError/Code/malformedCommand``. Like libmilter,
  ///   the initializer ignores unexpected data and additional strings.
  public init(code: UInt8, payload: Span<UInt8>) throws(MilterError) {
    guard let code = MTACommandCode(rawValue: code) else {
      throw MilterError(.unknownCommand, "unknown command byte 0x\(String(code, radix: 16))")
    }
    guard !payload.isEmpty || !code.needsPayload else {
      throw CommandLayout.malformed(code, "it is empty")
    }
    switch code {
    case .negotiate:
      guard let options = MilterNegotiation(payload: payload, ignoringRest: true) else {
        throw CommandLayout.malformed(code, "\(payload.count) bytes are less than 12")
      }
      self = .negotiate(options)
    case .macro: self = .macro(payload[0], Self.macros(payload))
    case .connect:
      let (host, address) = try CommandLayout.connect(payload)
      self = .connect(host: payload.bytes(in: host), address: address)
    case .helo: self = .helo(payload.bytes(in: try CommandLayout.string(payload, code)))
    case .mail: self = .mail(try CommandLayout.arguments(payload, code).bytes(payload))
    case .rcpt: self = .rcpt(try CommandLayout.arguments(payload, code).bytes(payload))
    case .data: self = .data
    case .unknown: self = .unknown(payload.bytes(in: CommandLayout.unknown(payload)))
    case .header:
      let (name, value) = try CommandLayout.header(payload)
      self = .header(name: payload.bytes(in: name), value: payload.bytes(in: value))
    case .eoh: self = .eoh
    case .body: self = .body(payload.bytes(in: 0..<payload.count))
    case .endOfBody: self = .endOfBody(payload.bytes(in: 0..<payload.count))
    case .abort: self = .abort
    case .quit: self = .quit
    case .quitNewConnection: self = .quitNewConnection
    }
  }

  private static func macros(_ payload: Span<UInt8>) -> [MilterMacro] {
    let strings = payload.cStrings(from: 1)
    return stride(from: 0, to: strings.count, by: 2).map { index in
      MilterMacro(
        name: payload.bytes(in: strings[index]),
        value: index + 1 < strings.count ? payload.bytes(in: strings[index + 1]) : nil)
    }
  }

  /// Appends the command to the output.
  public func write(to writer: inout ByteWriter) {
    writer.frame(code.rawValue) { writer in
      switch self {
      case .negotiate(let negotiation): negotiation.write(to: &writer)
      case .macro(let owner, let macros):
        writer.append(owner)
        for macro in macros {
          writer.append(cString: macro.name)
          if let value = macro.value { writer.append(cString: value) }
        }
      case .connect(let host, let address):
        writer.append(cString: host)
        Self.write(address, to: &writer)
      case .helo(let string), .unknown(let string): writer.append(cString: string)
      case .mail(let strings), .rcpt(let strings):
        for string in strings { writer.append(cString: string) }
      case .header(let name, let value):
        // The reader searches for the end of the name from the second byte on; see CommandLayout.header.
        if name.isEmpty { writer.append(0) }
        writer.append(cString: name)
        writer.append(cString: value)
      case .body(let chunk), .endOfBody(let chunk): writer.append(chunk)
      case .data, .eoh, .abort, .quit, .quitNewConnection: break
      }
    }
  }

  private static func write(_ address: MilterAddress?, to writer: inout ByteWriter) {
    let family: Unicode.Scalar =
      switch address {
      case .inet: "4"
      case .inet6: "6"
      case .unix: "L"
      case nil: "U"
      }
    writer.append(UInt8(ascii: family))
    guard let address else { return }
    writer.append16(address.port ?? 0)
    // Sendmail writes `IPv6:` before the address, as in address literals.
    if case .inet6 = address { writer.append("IPv6:".utf8) }
    writer.append(cString: address.text.utf8)
  }

  /// The command's bytes, a whole frame.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }
}

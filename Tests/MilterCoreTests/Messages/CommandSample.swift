import MilterCore
import Testing

/// A command's bytes and value, and the values of shorter and longer bytes.
struct CommandSample: CustomTestStringConvertible, Sendable {
  /// The whole frame, in the notation of ``wire(_:)``.
  let bytes: String
  let value: MTACommand
  /// The value of the first bytes of the payload; `nil` if they are malformed.
  let cut: @Sendable (_ payload: [UInt8]) -> MTACommand?
  /// The value with the byte `x` after the payload.
  let long: MTACommand?

  var testDescription: String { bytes }

  init(
    _ bytes: String, _ value: MTACommand, long: MTACommand?,
    cut: @escaping @Sendable ([UInt8]) -> MTACommand? = { _ in nil }
  ) {
    self.bytes = bytes
    self.value = value
    self.long = long
    self.cut = cut
  }

  /// Samples of every command, with all kinds of addresses and macros.
  static let all = negotiations + connections + envelopes + messages

  private static let offer = MTACommand.negotiate(
    .init(options: .init(version: 6, actions: .all, steps: .init(rawValue: 0x1F_FFFF))))

  private static let negotiations: [Self] = [
    // Bytes after the three numbers are ignored. Fewer bytes are malformed.
    .init(
      #"\x00\x00\x00\x0dO\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"#, offer, long: offer),
    .init(#"\x00\x00\x00\x02DC"#, .macro(0x43, []), long: .macro(0x43, [])),
    .init(
      #"\x00\x00\x00\x0fDMi\x00Q1\x00{auth}\x00\x00"#,
      .macro(0x4D, [.init("i", "Q1"), .init("{auth}", "")]),
      long: .macro(0x4D, [.init("i", "Q1"), .init("{auth}", "")]),
      cut: { payload in
        // A string without a NUL does not count, so the last name may have no value.
        switch payload.count {
        case 0: nil
        case 1...2: .macro(0x4D, [])
        case 3...5: .macro(0x4D, [.init(name: wire("i"), value: nil)])
        case 6...12: .macro(0x4D, [.init("i", "Q1")])
        default: .macro(0x4D, [.init("i", "Q1"), .init(name: wire("{auth}"), value: nil)])
        }
      }),
  ]

  private static let connections: [Self] = [
    .init(
      #"\x00\x00\x00\x11Cmx\x004\x00\x19192.0.2.7\x00"#,
      .connect(host: wire("mx"), address: .inet(address: "192.0.2.7", port: 25)), long: nil),
    .init(
      #"\x00\x00\x00\x11Ch\x006\x9c@IPv6:fe::1\x00"#,
      .connect(host: wire("h"), address: .inet6(address: "fe::1", port: 40_000)), long: nil),
    .init(
      #"\x00\x00\x00\x0dCh\x00L\x00\x00/tmp/x\x00"#,
      .connect(host: wire("h"), address: .unix(path: "/tmp/x")), long: nil),
    .init(
      #"\x00\x00\x00\x04Ch\x00U"#, .connect(host: wire("h"), address: nil),
      long: .connect(host: wire("h"), address: nil)),
  ]

  private static let envelopes: [Self] = [
    .init(#"\x00\x00\x00\x08Hclient\x00"#, .helo(wire("client")), long: nil),
    .init(
      #"\x00\x00\x00\x0eM<a@b>\x00SIZE=1\x00"#, .mail([wire("<a@b>"), wire("SIZE=1")]),
      long: .mail([wire("<a@b>"), wire("SIZE=1")]),
      cut: { $0.count < 6 ? nil : .mail([wire("<a@b>")]) }),
    .init(
      #"\x00\x00\x00\x0fR<c@d>\x00A=1\x00B=2\x00"#,
      .rcpt([wire("<c@d>"), wire("A=1"), wire("B=2")]),
      long: .rcpt([wire("<c@d>"), wire("A=1"), wire("B=2")]),
      cut: { $0.count < 6 ? nil : .rcpt([wire("<c@d>")] + ($0.count < 10 ? [] : [wire("A=1")])) }),
    .init(
      #"\x00\x00\x00\x05UXYZ\x00"#, .unknown(wire("XYZ")), long: .unknown(wire("XYZ")),
      cut: { $0.isEmpty ? nil : .unknown($0) }),
  ]

  private static let messages: [Self] = [
    .init(#"\x00\x00\x00\x01T"#, .data, long: .data),
    .init(
      #"\x00\x00\x00\x0cLSubject\x00hi\x00"#, .header(name: wire("Subject"), value: wire("hi")),
      long: nil),
    .init(
      #"\x00\x00\x00\x11LX\x00 lead\x0a\x09fold \xff\x00"#,
      .header(name: wire("X"), value: wire(#" lead\x0a\x09fold \xff"#)), long: nil),
    .init(#"\x00\x00\x00\x04LN\x00\x00"#, .header(name: wire("N"), value: []), long: nil),
    .init(#"\x00\x00\x00\x01N"#, .eoh, long: .eoh),
    .init(
      #"\x00\x00\x00\x05Ba\x00b\x0a"#, .body(wire(#"a\x00b\x0a"#)),
      long: .body(wire(#"a\x00b\x0ax"#)), cut: { $0.isEmpty ? nil : .body($0) }),
    .init(
      #"\x00\x00\x00\x05Etail"#, .endOfBody(wire("tail")), long: .endOfBody(wire("tailx")),
      cut: { .endOfBody($0) }),
    .init(#"\x00\x00\x00\x01E"#, .endOfBody([]), long: .endOfBody(wire("x"))),
    .init(#"\x00\x00\x00\x01A"#, .abort, long: .abort),
    .init(#"\x00\x00\x00\x01Q"#, .quit, long: .quit),
    .init(#"\x00\x00\x00\x01K"#, .quitNewConnection, long: .quitNewConnection),
  ]
}

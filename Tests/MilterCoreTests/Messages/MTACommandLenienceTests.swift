import MilterCore
import Testing

/// Payloads that libmilter accepts, refuses, or ignores, as recorded.
@Suite struct MTACommandLenienceTests {
  @Test(arguments: [
    (#"h\x004\x00\x1910.1\x00"#, "10.0.0.1:25"), (#"h\x004\x00\x000x7f.1\x00"#, "127.0.0.1:0"),
    (#"h\x004\x00\x001.2.3.4 text\x00"#, "1.2.3.4:0"),
    (#"host\x004\x00\x191.2.3.4\x00x\x00"#, "1.2.3.4:25"),
    (#"h\x006\x9c@iPv6:::1\x00"#, "[::1]:40000"), (#"h\x006\x00\x00::1\x00"#, "[::1]:0"),
    (#"h\x006\x00\x19IPV6:2001:DB8:0:0:0:0:0:1\x00"#, "[2001:db8::1]:25"),
    (#"h\x00L\x00\x00/tmp/x\x00"#, "/tmp/x"), (#"h\x00L\x12\x34rel\x00"#, "rel"),
  ])
  func `An address has one form, however it was sent`(payload: String, text: String) throws {
    let command = try MTACommand(0x43, wire(payload))
    guard case .connect(_, let address) = command else {
      Issue.record("read as \(command)")
      return
    }
    #expect(address?.description == text)
  }

  @Test(arguments: [(#"h\x00U"#, "h"), (#"\x00Ujunk"#, ""), (#"h\x00U\x00\x00\x00"#, "h")])
  func `An unknown client has no address, whatever follows`(payload: String, host: String) throws {
    #expect(try MTACommand(0x43, wire(payload)) == .connect(host: wire(host), address: nil))
  }

  @Test(arguments: [
    "host", #"host\x00"#, #"host\x004"#, #"host\x004\x00"#, #"host\x004\x00\x19"#,
    #"host\x004\x00\x191.2.3.4"#, #"host\x004\x00\x191.2.3.256\x00"#, #"host\x004\x00\x19\x00"#,
    #"host\x006\x00\x191.2.3.4\x00"#, #"host\x006\x00\x19IPv6:\x00"#,
    #"host\x006\x00\x19IPv6::\x00"#,
    #"host\x00X\x00\x00x\x00"#, #"host\x00u\x00\x00x\x00"#, #"host\x004\x00\x191.2.3.4\x00x"#,
  ])
  func `A connect with bad data is malformed`(payload: String) {
    #expect(errorCode { _ = try MTACommand(0x43, wire(payload)) } == .malformedCommand)
  }

  @Test func `A path fits up to 107 bytes`() throws {
    let path = String(repeating: "p", count: 107)
    let fits = try MTACommand(0x43, wire(#"h\x00L\x00\x00"# + path + #"\x00"#))
    #expect(fits == .connect(host: wire("h"), address: .unix(path: path)))
    let code = errorCode { _ = try MTACommand(0x43, wire(#"h\x00L\x00\x00p"# + path + #"\x00"#)) }
    #expect(code == .malformedCommand)
  }

  @Test func `A HELO ends at its first NUL, and must contain one`() throws {
    #expect(try MTACommand(0x48, wire(#"a\x00b\x00"#)) == .helo(wire("a")))
    #expect(try MTACommand(0x48, wire(#"\x00"#)) == .helo([]))
    // libmilter sends no reply to this command, and the MTA waits.
    #expect(errorCode { _ = try MTACommand(0x48, wire("nonul")) } == .malformedCommand)
    #expect(errorCode { _ = try MTACommand(0x48, wire(#"a\x00b"#)) } == .malformedCommand)
  }

  @Test(arguments: [
    (#"<a>\x00SIZE=1\x00BODY=7BIT\x00"#, ["<a>", "SIZE=1", "BODY=7BIT"] as [String]?),
    (#"<b>\x00lost"#, ["<b>"]), (#"\x00"#, [""]),
    (#"\x00\x00x\x00"#, ["", "", "x"]),
    ("nonul", nil),
  ])
  func `The addresses are the strings that have an end`(payload: String, strings: [String]?) {
    let expected = strings.map { $0.map(wire) }
    #expect((try? MTACommand(0x4D, wire(payload))) == expected.map { .mail($0) })
    #expect((try? MTACommand(0x52, wire(payload))) == expected.map { .rcpt($0) })
  }

  @Test(arguments: [
    (#"N\x00 lead\x0a\x09fold \xff\x00"#, "N", #" lead\x0a\x09fold \xff"#),
    (#"N\x00\x00"#, "N", ""),
    (#"N\x00v\x00more\x00"#, "N", "v"),
    // As in libmilter, the search for the end of the name starts at its second byte.
    (#"\x00val\x00v2\x00"#, "", "v2"), (#"\x00\x00\x00"#, "", ""),
  ])
  func `A header is its first two strings`(payload: String, name: String, value: String) throws {
    #expect(try MTACommand(0x4C, wire(payload)) == .header(name: wire(name), value: wire(value)))
  }

  @Test(arguments: [#"N\x00v"#, #"Name\x00"#, #"\x00val\x00"#, #"\x00"#, #"\x00\x00"#, "N"])
  func `A header without a whole value is malformed`(payload: String) {
    #expect(errorCode { _ = try MTACommand(0x4C, wire(payload)) } == .malformedCommand)
  }

  @Test func `A header without a name survives writing and reading`() throws {
    let header = MTACommand.header(name: [], value: wire("v2"))
    #expect(header.bytes == wire(#"\x00\x00\x00\x06L\x00\x00v2\x00"#))
    #expect(try MTACommand(0x4C, Array(header.bytes.dropFirst(5))) == header)
  }

  @Test(arguments: [(#"XYZ a b\x00"#, "XYZ a b"), (#"\x00"#, ""), ("nonul", "nonul")])
  func `An unknown command needs no NUL and is read to its end`(
    payload: String, text: String
  ) throws {
    // Without a NUL, libmilter reads past the end of the packet.
    #expect(try MTACommand(0x55, wire(payload)) == .unknown(wire(text)))
  }

  @Test func `An odd macro packet ends with a name without value`() throws {
    let odd = try MTACommand(0x44, wire(#"Mi\x00Q1\x00j\x00"#))
    #expect(odd == .macro(0x4D, [.init("i", "Q1"), .init(name: wire("j"), value: nil)]))
    #expect(odd.bytes == wire(#"\x00\x00\x00\x09DMi\x00Q1\x00j\x00"#))
  }

  @Test func `An offer may have any data after its numbers`() throws {
    let numbers = #"\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"#
    let plain = MilterNegotiation(
      options: .init(actions: .all, steps: .init(rawValue: 0x1F_FFFF)))
    for rest in ["x", #"\x00\x00\x00\x09j\x00"#, #"\x00\x00\x00\x00j"#] {
      #expect(try MTACommand(0x4F, wire(numbers + rest)) == .negotiate(plain), "\(rest)")
    }
  }
}

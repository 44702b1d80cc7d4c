import MilterMTA
import Testing

/// A file, and the expected result.
struct EMLCase: CustomTestStringConvertible, Sendable {
  var name: String
  var file: [UInt8]
  var headers: [MTAHeader] = []
  var body: String = ""
  /// The bytes of the written message; `nil` if they are the same as the file.
  var written: [UInt8]?
  var testDescription: String { name }

  init(
    _ name: String, _ file: [UInt8], _ headers: [MTAHeader] = [], body: String = "",
    written: String? = nil
  ) {
    self.name = name
    self.file = file
    self.headers = headers
    self.body = body
    self.written = written.map(b)
  }

  init(
    _ name: String, _ file: String, _ headers: [MTAHeader] = [], body: String = "",
    written: String? = nil
  ) {
    self.init(name, b(file), headers, body: body, written: written)
  }
}

private let cases: [EMLCase] = [
  EMLCase(
    "CR LF", "A: 1\r\nB: 2\r\n\r\nx\r\n\r\ny\r\n", [.init("A", "1"), .init("B", "2")],
    body: "x\r\n\r\ny\r\n"),
  EMLCase(
    "bare LF", "A: 1\nB: 2\n\nx\n\ny\n", [.init("A", "1"), .init("B", "2")],
    body: "x\r\n\r\ny\r\n", written: "A: 1\r\nB: 2\r\n\r\nx\r\n\r\ny\r\n"),
  EMLCase(
    "mixed line ends", "A: 1\n b\r\n\tc\n\r\nx\ny\r\n", [.init("A", "1\n b\n\tc")],
    body: "x\r\ny\r\n", written: "A: 1\r\n b\r\n\tc\r\n\r\nx\r\ny\r\n"),
  EMLCase(
    "no final line end", "A: 1\r\n\r\nx", [.init("A", "1")], body: "x\r\n",
    written: "A: 1\r\n\r\nx\r\n"),
  EMLCase("empty", ""),
  EMLCase("no headers", "\r\nx\r\n", body: "x\r\n"),
  EMLCase("no body", "A: 1\r\n\r\n", [.init("A", "1")]),
  EMLCase("no empty line", "A: 1\r\n", [.init("A", "1")]),
  EMLCase("cut in a header", "A: 1", [.init("A", "1")], written: "A: 1\r\n"),
  EMLCase(
    "no colon", "A: 1\r\nhello you\r\nB: 2\r\n", [.init("A", "1")], body: "hello you\r\nB: 2\r\n",
    written: "A: 1\r\n\r\nhello you\r\nB: 2\r\n"),
  EMLCase("text only", "hello\n", body: "hello\r\n", written: "\r\nhello\r\n"),
  EMLCase("starts with a blank", " x\r\n", body: " x\r\n", written: "\r\n x\r\n"),
  EMLCase("empty name", ": x\r\n", body: ": x\r\n", written: "\r\n: x\r\n"),
  EMLCase(
    "8-bit name", "\u{e9}: x\r\n", body: "\u{e9}: x\r\n", written: "\r\n\u{e9}: x\r\n"),
  EMLCase("mbox", "From a Mon Jan 1 1:2:3\r\nA: 1\r\n\r\n", [.init("A", "1")]),
  EMLCase(
    "mbox, LF", "From a Mon\nA: 1\n\n", [.init("A", "1")], written: "From a Mon\r\nA: 1\r\n\r\n"),
  EMLCase(
    "From with blanks before the colon", "From : a\r\n\r\n",
    [.init(name: b("From"), separator: b(" : "), value: b("a"))]),
  EMLCase("byte order mark", "\u{feff}A: 1\r\n\r\n", [.init("A", "1")]),
  EMLCase("byte order mark and mbox", "\u{feff}From a\r\nA: 1\r\n\r\n", [.init("A", "1")]),
  EMLCase(
    "separators", "A:1\r\nB:  2\r\nC:\t3\r\nD:\r\nE: \r\n\r\n",
    [
      .init(name: b("A"), separator: b(":"), value: b("1")), .init("B", " 2"),
      .init(name: b("C"), separator: b(":"), value: b("\t3")),
      .init(name: b("D"), separator: b(":"), value: []), .init("E", ""),
    ]),
  EMLCase(
    "value on the second line", "A:\r\n b\r\n\r\n",
    [.init(name: b("A"), separator: b(":"), value: b("\n b"))]),
  EMLCase("line of blanks", "A: 1\r\n \r\n\r\n", [.init("A", "1\n ")]),
  EMLCase(
    "lone CR", "A: 1\r2\r\r\n b\r\n\r\nx\ry\r\r\n", [.init("A", "1\r2\r\n b")],
    body: "x\ry\r\r\n"),
  EMLCase(
    "NUL and 8 bits", "A: \u{0}\u{e4}\r\n\r\n\u{0}\u{fc}\r\n", [.init("A", "\u{0}\u{e4}")],
    body: "\u{0}\u{fc}\r\n"),
]

@Suite struct MTAMessageReadingTests {
  @Test(arguments: cases) func `Files are read and written back`(_ one: EMLCase) {
    let message = MTAMessage(eml: one.file)
    #expect(message.headers == one.headers)
    #expect(message.body == b(one.body))
    #expect(message.bytes == one.written ?? one.file)
    #expect(MTAMessage(eml: message.bytes).bytes == message.bytes)
  }

  @Test(arguments: [
    ("A: v\nB: w\r\n\r\na\rb\nc\r\n.\r\nd", [("A", "v\nB: w")], "a\rb\nc\r\n.\r\nd"),
    ("A: v\rw\r\n\tx\r\r\nB: \n\n\r\n\r\n", [("A", "v\rw\n\tx\r"), ("B", "\n\n")], ""),
    ("A: v\nB: w\n\na\r\nb\n", [("A", "v"), ("B", "w")], "a\r\nb\n"),
    ("From x\nA: v\r\n\r\n\n", [("A", "v")], "\n"),
    ("\r\na\n", [], "a\n"),
    ("A: v\r\nno field\nx\r\n\r\n", [("A", "v")], "no field\nx\r\n\r\n"),
  ])
  func `Line ends are unchanged on request`(
    _ file: String, _ fields: [(String, String)], _ body: String
  ) {
    let message = MTAMessage(eml: b(file), keepsLineEnds: true)
    #expect(message.headers == fields.map { MTAHeader($0.0, $0.1) })
    #expect(message.body == b(body))
  }

  @Test func `The messages of an mbox file keep their line ends on request`() {
    let file = b("From a\r\nA: v\r\n\r\nx\ny\r\n\r\nFrom b\r\nB: w\r\n\r\nz\r")
    let messages = MTAMailbox(mbox: file, keepsLineEnds: true).map(Array.init) ?? []
    #expect(messages.map(\.body) == [b("x\ny\r\n"), b("z\r")])
    #expect(messages.map { $0.headers.map(\.name) } == [[b("A")], [b("B")]])
  }

  @Test func `Random bytes survive reading and writing`() {
    var generator = Numbers()
    let alphabet = b("\r\n\r\n: \tAb\u{0}\u{e9}<>") + [0xFF]
    for _ in 0..<2000 {
      let file = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      let message = MTAMessage(eml: file)
      #expect(MTAMessage(eml: message.bytes).bytes == message.bytes)
    }
  }

  @Test func `Lines of ten million bytes are read like any other`() {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000)
    let message = MTAMessage(eml: b("A: ") + long + b("\r\n\r\n") + long)
    #expect(message.headers.first?.value.count == long.count)
    #expect(message.body.count == long.count + 2)
  }

  @Test func `Reading a header of a hundred thousand lines takes linear time`() {
    let folded = Array(repeatElement(b("\n x"), count: 100_000).joined())
    let message = MTAMessage(eml: b("A: 1") + folded + b("\n\nbody\n"))
    #expect(message.headers == [.init(name: b("A"), value: b("1") + folded)])
  }

  @Test func `Values have the space after the colon only if asked for`() {
    let message = MTAMessage(eml: b("A: 1\nB:2\n\n"))
    #expect(message.headers.map { s($0.value(leadingSpace: true)) } == [" 1", "2"])
    #expect(message.headers.map { s($0.value(leadingSpace: false)) } == ["1", "2"])
    #expect(message.value(of: "b") == b("2"))
    #expect(message.value(of: "c") == nil)
  }
}

/// A random number generator with a fixed seed.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64 = 42

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

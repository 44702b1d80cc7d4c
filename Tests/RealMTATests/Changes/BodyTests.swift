import MilterKit
import Testing

extension RealMTASuite {
  /// The effect of `replacebody` on the queued message.
  @Suite struct BodyTests {
    /// The replacement of a filter, and the resulting body in the MTA's queue.
    struct BodyCase: CustomTestStringConvertible {
      let testDescription: String
      /// The pieces, in the order of the replacebody calls.
      let pieces: [[UInt8]]
      private let postfix: [UInt8]
      private let sendmail: [UInt8]

      init(_ description: String, _ pieces: [[UInt8]], postfix: [UInt8], sendmail: [UInt8]) {
        testDescription = description
        self.pieces = pieces
        self.postfix = postfix
        self.sendmail = sendmail
      }

      init(_ description: String, _ pieces: String..., gives body: String) {
        self.init(
          description, pieces.map { Array($0.utf8) }, postfix: Array(body.utf8),
          sendmail: Array(body.utf8))
      }

      func body(of kind: RealMTA.Kind) -> [UInt8] { kind == .postfix ? postfix : sendmail }
    }

    @Test(arguments: RealMTA.Kind.allCases, cases)
    func `The body is replaced`(kind: RealMTA.Kind, what: BodyCase) async throws {
      let message = try await queued(by: kind, mail("X-A: a"), parameters: "BODY=8BITMIME") {
        for piece in what.pieces { try $0.replacebody(piece) }
      }
      // Compared outside #expect, which would print the whole body on failure.
      let isAsExpected = message.body == what.body(of: kind)
      #expect(isAsExpected, "\(message.body.count) bytes")
      #expect(message.fields == ["X-A: a"])
    }

    /// Bodies in the queue have LF instead of CR LF.
    private static let cases: [BodyCase] = [
      BodyCase("empty", "", gives: ""),
      BodyCase("small", "New\r\nbody\r\n", gives: "New\nbody\n"),
      BodyCase("an empty line", "\r\n", gives: "\n"),
      BodyCase("empty lines around it", "\r\n\r\nx\r\n\r\n", gives: "\n\nx\n\n"),
      BodyCase("lines of dots", ".\r\n..\r\n.x\r\n", gives: ".\n..\n.x\n"),
      BodyCase("LF alone", "New\nbody\n", gives: "New\nbody\n"),
      BodyCase("CR alone", "a\rb\r\r\nc\r\n", gives: "a\rb\r\nc\n"),
      BodyCase("a line end in two pieces", "New\r", "\nbody\r\n", gives: "New\nbody\n"),
      BodyCase("empty pieces", "", "New\r\n", "", "body\r\n", "", gives: "New\nbody\n"),
      // Postfix adds a missing line end to the last line, and Sendmail does not.
      BodyCase(
        "no line end", [Array("New\r\nbody".utf8)], postfix: Array("New\nbody\n".utf8),
        sendmail: Array("New\nbody".utf8)),
      BodyCase("every byte", [everyByte], postfix: everyByte + [0x0a], sendmail: everyByte),
      BodyCase("300 KB", [largeOnWire], postfix: large + [0x0a], sendmail: large),
      BodyCase("300 KB in a line", [oneLine], postfix: oneLine + [0x0a], sendmail: oneLine),
      BodyCase(
        "300 KB in pieces",
        stride(from: 0, to: largeOnWire.count, by: 50_001).map {
          Array(largeOnWire.dropFirst($0).prefix(50_001))
        }, postfix: large + [0x0a], sendmail: large),
    ]

    private static let everyByte: [UInt8] = (0...255).filter { $0 != 0x0a && $0 != 0x0d }
    private static let oneLine = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)

    private static let largeOnWire = large.withCRLF

    /// Numbered lines, some with a dot at the start or with 8-bit bytes; the last line has no line end.
    private static let large: [UInt8] = {
      var lines: [UInt8] = []
      for number in 0..<6000 {
        lines += [UInt8](repeating: UInt8(ascii: "."), count: number % 4)
        lines += Array("\(number) naïve ".utf8) + (number % 3 == 0 ? [0xff, 0x80, 0x00] : [])
        lines += [UInt8](repeating: UInt8(ascii: "x"), count: number % 76) + [0x0a]
      }
      return lines + [UInt8(ascii: ".")]
    }()

    @Test(arguments: RealMTA.Kind.allCases)
    func `Other changes between pieces do not break the body`(kind: RealMTA.Kind) async throws {
      let block = [UInt8](repeating: UInt8(ascii: "x"), count: 78) + [0x0a]
      let large = [[UInt8]](repeating: block, count: 2000).flatMap { $0 }
      let message = try await queued(by: kind, mail("X-A: a", "X-B: b")) { filter in
        try filter.addheader("X-Before", "v")
        try filter.replacebody("one\r\n")
        try filter.addheader("X-New", "v")
        try filter.replacebody(large.withCRLF)
        try filter.chgheader("X-A", 1, "new")
        try filter.progress()
        try filter.replacebody("three\r\n")
        try filter.addrcpt("new@to.example")
        try filter.chgfrom("new@from.example")
        try filter.replacebody("four\r\n")
        try filter.chgheader("X-B", 1, nil)
      }
      let body = Array("one\n".utf8) + large + Array("three\nfour\n".utf8)
      let isWhole = message.body == body
      #expect(isWhole, "\(message.body.count) bytes")
      #expect(message.fields == ["X-A: new", "X-Before: v", "X-New: v"])
      #expect(message.sender == "new@from.example")
      #expect(message.addresses == ["rcpt@to.example", "new@to.example"])
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Header changes before and after a new body are made`(kind: RealMTA.Kind) async throws {
      let message = try await queued(by: kind, mail("Subject: old", "X-A: a", "X-B: b")) {
        try $0.chgheader("Subject", 1, "a subject longer than it was")
        try $0.chgheader("X-A", 1, nil)
        try $0.replacebody("New\r\n")
        try $0.insheader(0, "X-Top", "v")
        try $0.addheader("X-New", "one\n two")
      }
      #expect(
        message.fields
          == ["X-Top: v", "Subject: a subject longer than it was", "X-B: b", "X-New: one\n two"])
      #expect(message.body == Array("New\n".utf8))
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message without body gets one`(kind: RealMTA.Kind) async throws {
      let message = try await queued(by: kind, mail("X-A: a", body: "")) {
        try $0.replacebody("New\r\n")
      }
      #expect(message.body == Array("New\n".utf8))
      #expect(message.fields == ["X-A: a"])
    }
  }
}

import MilterCore
import MilterRandomFixtures
import MilterTool
import Testing

/// The notation of recordings: every packet can be written and read back, and nothing read traps.
struct RecordingTests {
  private static let odd = [UInt8](0...255).filter { $0 != 0 }
  private static let text = Array("a \"b\" \\c\n\td\r".utf8)

  private static let commands: [MTACommand] = [
    .negotiate(.init(options: .init(actions: .all, steps: .init(rawValue: 0x1f_ffff)))),
    .negotiate(
      .init(
        options: .init(
          version: 2, actions: [], steps: .init(rawValue: 0x8000_0001)),
        macroLists: [.init(stage: .connect, macros: Array("j {x}".utf8))])),
    .macro(MTACommandCode.mail.rawValue, []),
    .macro(
      MTACommandCode.endOfBody.rawValue,
      [
        .init("i", "x"), .init(name: Array("{no_value}".utf8), value: nil),
        .init(name: odd, value: odd), .init(name: text, value: nil), .init("", ""),
      ]),
    .macro(0x01, [.init("j", "x")]),
    .connect(host: odd, address: nil),
    .connect(host: [], address: .inet(address: "192.0.2.1", port: 65535)),
    .connect(host: text, address: .inet6(address: "2001:db8::1", port: 0)),
    .connect(host: text, address: .unix(path: "/a b/\u{e9}")),
    .helo(odd), .mail([odd, [], text]), .rcpt([text]), .data, .unknown(odd),
    .header(name: odd, value: text), .eoh, .body([]), .body([0, 0x0A, 0xFF, 0x0A]), .body(text),
    .endOfBody([]), .endOfBody([UInt8](0...255)), .abort, .quit, .quitNewConnection,
  ]

  private static let replies: [FilterReply] = [
    .negotiate(
      .init(
        options: .init(actions: .all, steps: [.nohelo]),
        macroLists: MilterStage.allCases.map { .init(stage: $0, macros: text) })),
    .continue, .accept, .reject, .tempfail, .discard, .skip, .progress, .shutdown,
    .connectionFailure, .replycode(odd), .addheader(name: text, value: odd),
    .insheader(index: .max, name: odd, value: []), .chgheader(index: 0, name: [], value: odd),
    .chgfrom(odd, arguments: nil), .chgfrom([], arguments: text), .addrcpt(odd),
    .addrcptPar(text, arguments: nil), .addrcptPar(text, arguments: odd), .delrcpt(odd),
    .replacebody([]), .replacebody([UInt8](0...255) + text), .quarantine(odd),
  ]

  private static func text(_ connections: [[Recording.Packet]]) -> String {
    let blocks = connections.enumerated().map { number, packets in
      "\nconnection \(number + 1)\n" + packets.flatMap(\.lines).map { $0 + "\n" }.joined()
    }
    return Recording.title + "\n" + blocks.joined(separator: "# a comment\n")
  }

  @Test func `Every packet is read back`() throws {
    let packets = Self.commands.map(Recording.Packet.command) + Self.replies.map { .reply($0) }
    // This includes an empty body, which is written without a text line.
    let connections = [packets, Array(packets.reversed())]
    let read = try Recording(Array(Self.text(connections).utf8), name: "x")
    #expect(read.connections == connections)
  }

  @Test func `A text is ASCII, and has only the lines that it needs`() {
    let packets = Self.commands.map(Recording.Packet.command) + Self.replies.map { .reply($0) }
    for line in packets.flatMap(\.lines) {
      #expect(line.utf8.allSatisfy { 0x20...0x7E ~= $0 })
    }
    #expect(
      Recording.Packet.command(.body(Array("a\r\n\nb".utf8))).lines
        == ["> body", #"  "a\r\n""#, #"  "\n""#, #"  "b""#])
    #expect(
      Recording.Packet.reply(.chgheader(index: 1, name: Array("X".utf8), value: [])).lines
        == [#"< chgheader 1 "X" """#])
  }

  @Test func `No input traps`() {
    var generator = SplitMix64(seed: 1)
    let packets = Self.commands.map(Recording.Packet.command) + Self.replies.map { .reply($0) }
    let whole = Array(Self.text([packets]).utf8)
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let place = Int.random(in: 20..<bytes.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + 7))
        default: bytes.insert(contentsOf: "\"\n ".utf8, at: place)
        }
      }
      // A damaged recording is either refused, or its packets can be written and read again.
      guard let read = try? Recording(bytes, name: "x") else { continue }
      let again = try? Recording(Array(Self.text(read.connections).utf8), name: "x")
      #expect(again?.connections == read.connections)
    }
  }
}

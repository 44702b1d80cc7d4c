import MilterCore
import Testing

/// Checks that changes to a message are not sent before the end of eom.
@Suite struct HeldChangesTests {
  /// Returns a filter in eom that holds at most a number of bytes of changes.
  private func inEom(holding mostHeld: Int, _ rules: SessionRules = .strict) -> Play {
    var play = Play()
    play.session = FilterSession(callbacks: .all, rules: rules)
    play.output = ReplyBuffer(rules, mostHeld: mostHeld)
    _ = play.send("O C H M R T L N B")
    play.begin("E")
    return play
  }

  private let body = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 % 251) }

  /// Joins the body chunks in replies; returns also their sizes and the codes of the other replies.
  private func joined(_ bytes: [UInt8]) throws -> (body: [UInt8], sizes: [Int], rest: [UInt8]) {
    var (body, sizes, rest): ([UInt8], [Int], [UInt8]) = ([], [], [])
    var index = 0
    while index < bytes.count {
      let size = bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) }
      if bytes[index + 4] == 0x62 {
        body += bytes[index + 5..<index + 4 + size]
        sizes.append(size - 1)
      } else {
        rest.append(bytes[index + 4])
      }
      index += 4 + size
    }
    return (body, sizes, rest)
  }

  @Test func `Nothing may be sent before the verdict`() throws {
    var play = inEom(holding: 1 << 20)
    try play.session.add(.addheader(name: wire("h"), value: wire("v")), to: &play.output)
    try play.session.replacebody(body.span.bytes, to: &play.output)
    try play.session.add(.addrcpt(wire("a")), to: &play.output)
    #expect(play.output.ready.isEmpty)
    try play.session.progress(to: &play.output)
    #expect(play.output.ready.bytes == frame(0x70, []))
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    let (received, _, rest) = try joined(play.output.ready.bytes)
    #expect(received == body)
    #expect(rest == Array("ph+c".utf8))
    #expect(!play.output.isEmpty)
    play.output.removeReady()
    #expect(play.output.isEmpty)
  }

  @Test func `A body beyond the limit is sent but for its tail`() throws {
    var play = inEom(holding: 100_000)
    try play.session.add(.addheader(name: wire("h"), value: wire("v")), to: &play.output)
    try play.session.replacebody(body.span.bytes, to: &play.output)
    try play.session.add(.addrcpt(wire("a")), to: &play.output)
    let (early, _, first) = try joined(play.output.ready.bytes)
    #expect(early == Array(body[..<early.count]))
    #expect(early.count > 200_000 && early.count <= body.count - 65_536)
    #expect(first == Array("h".utf8))
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    let (all, _, rest) = try joined(play.output.ready.bytes)
    #expect(all == body)
    #expect(rest == Array("h+c".utf8))
  }

  @Test func `progress sends one byte of the tail`() throws {
    var play = inEom(holding: 0)
    let (first, second) = (Array(body[..<300_000]), Array(body[300_000...]))
    try play.session.replacebody(first.span.bytes, to: &play.output)
    play.output.removeReady()
    for _ in 0..<3 { try play.session.progress(to: &play.output) }
    let (pieces, sizes, others) = try joined(play.output.ready.bytes)
    #expect(sizes == [1, 1, 1])
    #expect(others == [])
    let start = 300_000 - 37_860 - 65_535
    #expect(pieces == Array(body[start..<start + 3]))
    try play.session.replacebody(second.span.bytes, to: &play.output)
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    let (all, _, rest) = try joined(play.output.ready.bytes)
    let isWhole = all == Array(body[start...])
    #expect(isWhole, "\(all.count) bytes")
    #expect(rest == Array("c".utf8))
  }

  @Test func `A used-up tail allows no progress reply, and nothing breaks`() throws {
    var play = inEom(holding: 0)
    // Each progress reply sends one of these frames, which cannot be divided further.
    for _ in 0..<25_000 { try play.session.replacebody(wire("a").span.bytes, to: &play.output) }
    try play.session.replacebody(wire("").span.bytes, to: &play.output)
    for _ in 0..<30_000 { try play.session.progress(to: &play.output) }
    let (all, _, rest) = try joined(play.output.ready.bytes)
    #expect(all.count == 25_000)
    #expect(rest == [])
    try play.session.replacebody(wire("b").span.bytes, to: &play.output)
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    #expect(play.output.ready.bytes.suffix(11) == frame(0x62, wire("b")) + frame(0x63, []))
  }

  @Test func `Header fields beyond the limit are sent in order`() throws {
    var play = inEom(holding: 0)
    let value = [UInt8](repeating: 0x78, count: 1000)
    for _ in 0..<500 {
      try play.session.add(.addheader(name: wire("h"), value: value), to: &play.output)
    }
    #expect(play.output.ready.count > 300_000)
    try play.session.progress(to: &play.output)
    try play.session.replacebody(wire("b").span.bytes, to: &play.output)
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    let (body, _, rest) = try joined(play.output.ready.bytes)
    #expect(body == wire("b"))
    #expect(rest.filter { $0 == 0x68 }.count == 500)
    #expect(rest.filter { $0 == 0x70 }.count == 1)
    #expect(rest.last == 0x63)
  }

  @Test func `The next message begins with nothing sent`() throws {
    var play = inEom(holding: 0)
    try play.session.replacebody(body.span.bytes, to: &play.output)
    #expect(play.session.answer(.continue, to: &play.output) == .messageEnded)
    play.output.removeReady()
    _ = play.send("M R T L N B")
    play.begin("E")
    try play.session.progress(to: &play.output)
    #expect(play.output.ready.bytes == frame(0x70, []))
  }

  @Test func `For a C filter replies are ready in call order`() throws {
    var play = inEom(holding: 1 << 20, .libmilter)
    try play.session.replacebody(wire("one").span.bytes, to: &play.output)
    try play.session.progress(to: &play.output)
    try play.session.add(.addrcpt(wire("a")), to: &play.output)
    try play.session.replacebody(wire("two").span.bytes, to: &play.output)
    #expect(packets(play.output.ready.bytes) == ["bone", "p", #"+a\x00"#, "btwo"])
  }
}

import MilterFilterFixtures
import MilterCore
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Checks that no content of mail is in the log above the debug level, whatever fails.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct LogContentTests {
  private static let mark = "SeCrEt"

  /// An error that quotes mail.
  private struct Quote: Error, CustomStringConvertible { let description: String }

  /// A session with the mark in every text that an MTA passes on from outside.
  private static let session: [MTACommand] = [
    TestMTA.offer,
    .macro(UInt8(ascii: "C"), [.init(name: bytes("_"), value: bytes("\(mark) [192.0.2.7]"))]),
    .connect(host: bytes("\(mark).example"), address: .inet(address: "192.0.2.7", port: 25)),
    .helo(bytes(mark)),
    .macro(UInt8(ascii: "M"), [.init(name: bytes("{mail_addr}"), value: bytes("\(mark)@x"))]),
    .mail([bytes("<\(mark)@x>"), bytes("ENVID=\(mark)")]),
    .rcpt([bytes("<\(mark)@y>"), bytes("ORCPT=\(mark)")]),
    .unknown(bytes("FROB \(mark)")), .data,
    .header(name: bytes("X-\(mark)"), value: bytes(mark)), .eoh, .body(bytes("\(mark)\r\n")),
    .endOfBody([]), .quit,
  ]

  /// Sends bytes to a filter, stops the server, and returns the lines of its log.
  private func lines(_ sessions: [[UInt8]], _ script: @escaping ScriptedFilter.Script) throws
    -> [String]
  {
    let server = try TestServer(configure: { $0.log.level = .debug }) {
      ScriptedFilter(nil, script)
    }
    for session in sessions {
      let mta = try server.connect()
      // The server may close the connection before it has read the whole session.
      try? mta.send(bytes: session)
      try? mta.socket.shutdown(.writing)
      while let _ = try? mta.receive() {}
    }
    #expect(server.server.stop() == 0)
    return server.log.all
  }

  private func expectNoContent(_ lines: [String], sourceLocation: SourceLocation = #_sourceLocation)
  {
    let loud = lines.filter { !$0.hasPrefix("debug:") }
    #expect(!loud.isEmpty, sourceLocation: sourceLocation)
    #expect(
      loud.filter { $0.lowercased().contains(Self.mark.lowercased()) } == [],
      sourceLocation: sourceLocation)
  }

  private static let whole = session.flatMap(\.bytes)

  @Test(arguments: MilterCallback.allCases)
  func `Verdicts and thrown errors quote nothing`(callback wanted: MilterCallback) throws {
    for status in MilterStatus.allCases {
      let lines = try lines([Self.whole]) { _, callback in
        callback == wanted ? status : .continue
      }
      expectNoContent(lines)
    }
    let lines = try lines([Self.whole]) { filter, callback in
      guard callback == wanted else { return .continue }
      throw Quote(description: "\(Self.mark) in \(filter.arguments)")
    }
    expectNoContent(lines)
    if ![.abort, .close].contains(wanted) {
      #expect(lines.contains { $0.hasPrefix("error:") || $0.hasPrefix("warning:") })
    }
    // The debug level has the text of the error.
    if ![.negotiate, .abort, .close].contains(wanted) {
      #expect(lines.contains { $0.hasPrefix("debug:") && $0.contains("threw: \(Self.mark)") })
    }
  }

  @Test func `Refused actions quote nothing`() throws {
    let mark = Self.mark
    let actions: [@Sendable (Milter) throws -> Void] = [
      { try $0.addheader("X-\(mark)\n", mark) }, { try $0.addheader("", "\(mark)") },
      { try $0.addheader("X", "\(mark)\0") }, { try $0.insheader(-1, mark, mark) },
      { try $0.chgheader(mark, -1, "\(mark)") }, { try $0.chgfrom("\(mark)\0") },
      { try $0.addrcpt("\(mark)\r") }, { try $0.addrcptPar(mark, "\(mark)\0") },
      { try $0.delrcpt("\(mark)\0") }, { try $0.quarantine("\(mark)\r\n") },
      { try $0.replacebody("\(mark)") }, { try $0.setreply("550", "5.7.1", "\(mark)\r") },
      { try $0.setmlreply("550", "5.7.1", ["\(mark)\n"]) }, { try $0.progress() },
      { try $0.setsymlist(.eom, "{\(mark)}") },
    ]
    for action in actions {
      for wanted in [MilterCallback.negotiate, .helo, .eom] {
        let lines = try lines([Self.whole]) { filter, callback in
          if callback == wanted { try action(filter) }
          return .continue
        }
        expectNoContent(lines)
      }
    }
  }

  @Test func `Broken sessions quote nothing`() throws {
    var sessions: [[UInt8]] = [
      bytes(Self.mark), bytes("GET /\(Self.mark) HTTP/1.0\r\n\r\n"),
      TestMTA.offer.bytes + [0, 0, 0, 7, UInt8(ascii: "H")] + bytes(Self.mark),
      TestMTA.offer.bytes + [0, 0, 0, 7, UInt8(ascii: "M")] + bytes(Self.mark),
      TestMTA.offer.bytes + [0, 0, 0, 7, UInt8(ascii: "C")] + bytes(Self.mark),
      TestMTA.offer.bytes + [0, 0, 0, 7, UInt8(ascii: "!")] + bytes(Self.mark),
      TestMTA.offer.bytes + [0xFF, 0xFF, 0xFF, 0xFF] + bytes(Self.mark),
    ]
    // These sessions are cut off, or have a wrong byte, at every seventh position.
    for place in stride(from: 5, to: Self.whole.count, by: 7) {
      sessions.append(Array(Self.whole[..<place]))
      var wrong = Self.whole
      wrong[place] ^= 0x41
      sessions.append(wrong)
    }
    let lines = try lines(sessions) { _, _ in .continue }
    expectNoContent(lines)
    #expect(lines.contains { $0.hasPrefix("warning:") })
  }
}

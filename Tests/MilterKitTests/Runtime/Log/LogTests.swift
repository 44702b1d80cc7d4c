import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import Testing

@testable import MilterKit
@testable import MilterRuntime

@Suite(.ownThread, .timeLimit(.minutes(15))) struct LogTests {
  /// Returns the lines of a log that a test writes to.
  private func lines(
    _ level: MilterLogLevel = .debug, _ body: (MilterLog) -> Void
  ) -> [String] {
    let journal = Journal()
    body(MilterLog(level: level) { journal.note("\($0.name): \($1)") })
    return journal.all
  }

  @Test func `A line is built only if its level is written`() {
    let made = Counter()
    func line(_ text: String) -> String {
      made.add()
      return text
    }
    let written = lines(.notice) { log in
      log.error(line("a"))
      log.warning(line("b"))
      log.notice(line("c"))
      log.info(line("d"))
      log.debug(line("e"))
    }
    #expect(written == ["error: a", "warning: b", "notice: c"])
    #expect(made.value == 3)
    #expect(lines { $0.debug("e") } == ["debug: e"])
  }

  @Test func `No line has control characters`() {
    let written = lines { log in
      log.error("a\r\nMay 1 forged\0\u{7F}\u{9B}31m\u{2028}\u{202E}\u{61C}é\t✉")
      log.error("plain \\ \"quoted\"")
    }
    #expect(
      written == [
        #"error: a\r\nMay 1 forged\x00\x7f\xc2\x9b31m\xe2\x80\xa8\xe2\x80\xae\xd8\x9cé\t✉"#,
        #"error: plain \ "quoted""#,
      ])
  }

  @Test func `Every line has the queue ID once it is known`() throws {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        filter.log.info("mine in \(callback)")
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    try mta.send(.macro(UInt8(ascii: "M"), [.init(name: bytes("i"), value: bytes("4FirstID"))]))
    #expect(try mta.message() == [.continue])
    try mta.send(.macro(UInt8(ascii: "M"), [.init(name: bytes("i"), value: bytes("4NextID"))]))
    #expect(try mta.message() == [.continue])
    try mta.quit()
    #expect(server.server.stop() == 0)

    let ours = server.log.all.filter { $0.contains(" #1: ") }
    #expect(!ours.isEmpty && ours.allSatisfy { $0.contains(": ScriptedFilter #1: ") })
    let callbacks = ours.compactMap { line in
      line.range(of: "mine in ").map { (line[..<$0.lowerBound], line[$0.upperBound...]) }
    }
    #expect(callbacks.prefix(3).map(\.1) == ["negotiate", "connect", "helo"])
    #expect(callbacks.prefix(3).allSatisfy { $0.0 == "info: ScriptedFilter #1: " })
    let first = callbacks.dropFirst(3).prefix(7)
    #expect(first.map(\.1) == ["envfrom", "envrcpt", "data", "header", "eoh", "body", "eom"])
    #expect(first.allSatisfy { $0.0 == "info: ScriptedFilter #1: 4FirstID: " })
    let next = callbacks.dropFirst(10)
    #expect(next.map(\.1) == first.map(\.1) + ["close"])
    #expect(next.allSatisfy { $0.0 == "info: ScriptedFilter #1: 4NextID: " })
    #expect(server.log.all.contains("info: ScriptedFilter #1: 4NextID: eom: continue"))
  }

  @Test func `Connections have numbers`() throws {
    let server = try TestServer { ScriptedFilter() }
    for _ in 1...2 {
      let mta = try server.connect()
      try mta.greet()
      try mta.quit()
    }
    #expect(server.server.stop() == 0)
    for number in 1...2 {
      #expect(
        server.log.all.contains { $0.contains("ScriptedFilter #\(number): a connection ended") })
    }
  }

  @Test func `A queue ID cannot flood or forge the log`() throws {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .eom { filter.log.error("end") }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    let id = bytes("4\n") + [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
    try mta.send(.macro(UInt8(ascii: "M"), [.init(name: bytes("i"), value: id)]))
    #expect(try mta.message() == [.continue])
    let end = #"error: ScriptedFilter #1: 4\n"# + String(repeating: "x", count: 62) + ": end"
    #expect(server.log.all.contains(end))
  }

  @Test func `A filter without a connection has a log`() {
    // Without a connection, the log writes to standard error.
    let log = ScriptedFilter().log
    #expect(log.level == .notice)
    #expect(log.subject?.prefix == nil)
  }
}

import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import Synchronization
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// Checks that events that peers can cause in large numbers write only a few lines to the log.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct LineLimitTests {
  private static let count = 60
  /// The maximum number of lines of a kind.
  private static let most = 5

  /// Returns the errors and warnings in the log.
  private func complaints(_ server: TestServer) -> [String] {
    server.server.stop(drain: .zero)
    return server.log.all.filter { line in
      // A connection that has not quite ended may be counted as one with a hanging callback.
      (line.hasPrefix("error") || line.hasPrefix("warning"))
        && !line.contains("have callbacks that did not return")
    }
  }

  /// The start of the test.
  private let start = ContinuousClock.now

  /// The number of intervals since the start: one, or more on a slow machine.
  private var intervals: Int { Int(start.duration(to: .now) / .seconds(60)) + 1 }

  /// Checks that some lines were written and the others counted.
  private func expectFew(_ lines: [String], _ line: String, _ summary: String) {
    let isSum = { (line: String) in line.contains(" more \(summary) within ") }
    let written = lines.filter { !isSum($0) }
    #expect((Self.most...Self.most * intervals).contains(written.count), "\(lines)")
    #expect(written.allSatisfy { $0.contains(line) }, "\(lines)")
    let sums = lines.filter(isSum)
    #expect((1...intervals).contains(sums.count), "\(lines)")
    #expect(sums.allSatisfy { $0.contains("; the first: ") })
    let counted = sums.compactMap { $0.firstMatch(of: #/(\d+) more /#).flatMap { Int($0.1) } }
    #expect(written.count + counted.reduce(0, +) == Self.count, "\(lines)")
  }

  /// Invalid input of an MTA, which ends its connection.
  struct Offense: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let isGreeted: Bool
  }

  private static let offenses = [
    Offense(
      testDescription: "protocol version 1",
      bytes: [0, 0, 0, 13, 0x4F, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], isGreeted: false),
    Offense(
      testDescription: "garbage after the negotiation",
      bytes: bytes("GET / HTTP/1.0\r\n\r\n"), isGreeted: true),
    Offense(
      testDescription: "an unknown command after the negotiation", bytes: [0, 0, 0, 1, 0x5A],
      isGreeted: true),
  ]

  @Test(arguments: offenses)
  func `Invalid input of an MTA is logged a few times`(offense: Offense) throws {
    let server = try TestServer { ScriptedFilter() }
    for _ in 0..<Self.count {
      let mta = try server.connect()
      if offense.isGreeted { try mta.greet() }
      try mta.send(bytes: offense.bytes)
      while (try? mta.receive()) != nil {}
    }
    expectFew(complaints(server), "closing a connection: ", "connections were closed")
  }

  @Test func `A callback that throws is logged a few times`() throws {
    let server = try TestServer { Thrower() }
    let mta = try server.connect()
    try mta.greet()
    for _ in 0..<Self.count {
      #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.tempfail])
    }
    expectFew(complaints(server), "envfrom threw, tempfail is answered: ", "callbacks threw")
  }

  @Test func `An invalid answer is logged a few times`() throws {
    let server = try TestServer { ScriptedFilter { _, _ in .allOptions } }
    for _ in 0..<Self.count {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      _ = try mta.ask(.helo(bytes("x")))
    }
    expectFew(complaints(server), "helo", "answers of callbacks were wrong")
  }

  @Test func `A callback that does not return in time is logged a few times`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: { $0.callbackTimeouts[.helo] = .milliseconds(10) }) {
      ScriptedFilter { _, callback in
        if callback == .helo { gate.wait() }
        return .continue
      }
    }
    for _ in 0..<Self.count {
      let mta = try server.connect()
      _ = try mta.ask(TestMTA.offer)
      #expect(try mta.ask(.helo(bytes("x"))) == [.tempfail])
      gate.signal()
      #expect(try mta.receive() == nil)
    }
    try server.finishLooking()
    let lines = complaints(server)
    expectFew(
      lines.filter { $0.contains("in time") || $0.contains("has not returned") },
      "has not returned", "callbacks did not return in time")
    #expect(lines.count <= 2 * (Self.most + 1) * intervals)
  }

  @Test func `Verdicts, which are logged at info, have their own limit`() throws {
    let most = LineLimits.Kind.verdict.most
    let server = try TestServer(configure: { $0.log.level = .info }) {
      ScriptedFilter { _, callback in callback == .envfrom ? .reject : .continue }
    }
    let mta = try server.connect()
    try mta.greet()
    // All commands are sent at once, so that they fit into one interval on any machine.
    let mail = MTACommand.mail([bytes("<a@b>")]).bytes
    try mta.send(bytes: repeatElement(mail, count: most + 7).flatMap { $0 })
    for _ in 0..<most + 7 { #expect(try mta.receive() == .reject) }
    server.server.stop(drain: .zero)
    let lines = server.log.all
    #expect(lines.count { $0.hasSuffix(": envfrom: reject") } == most + 1)
    #expect(lines.count { $0.contains(": 7 more verdicts within ") } == 1)
  }

  @Test func `A filter in memory also logs only a few lines`() throws {
    let journal = Journal()
    let filter = FilterInMemory(Thrower(), log: MilterLog { journal.note("\($0): \($1)") })
    var writer = ByteWriter()
    TestMTA.offer.write(to: &writer)
    for _ in 0..<Self.count { MTACommand.mail([bytes("<a@b>")]).write(to: &writer) }
    filter.receive(writer.bytes)
    #expect(journal.all.count == Self.most)
    filter.end()
    expectFew(journal.all, "envfrom threw, tempfail is answered: ", "callbacks threw")
  }

  @Test func `Kinds do not use up each other's lines, and get new ones a minute later`() {
    let now = Atomic<UInt64>(1)
    let journal = Journal()
    let log = MilterLog(level: .debug) { journal.note("\($0): \($1)") }
    let limits = LineLimits("milter", log) { now.load(ordering: .relaxed) }
    for kind in LineLimits.Kind.allCases {
      for number in 1...kind.most + 2 {
        #expect(limits.admits(kind, "x") == (number <= kind.most))
      }
    }
    #expect(journal.all == [])
    now.add(60_000_000_000, ordering: .relaxed)
    #expect(limits.admits(.thrown, "y"))
    limits.writeIfDue()
    #expect(journal.all.count == LineLimits.Kind.allCases.count)
    let line = "milter: 2 more connections were closed within 61 s; the first: x"
    #expect(journal.all[0] == "warning: \(line)")
    limits.writeNow()
    #expect(journal.all.count == LineLimits.Kind.allCases.count)
  }

  private final class Thrower: Milter {
    struct Oops: Error {}
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status { throw Oops() }
  }
}

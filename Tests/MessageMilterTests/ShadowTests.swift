import Foundation
import MilterMessageFixtures
import MilterTesting
import Synchronization
import Testing

/// A filter in shadow mode runs, but has no effect on mail.
@Suite struct ShadowTests {
  /// The actions of a filter, and their lines in the log.
  struct Case: Sendable, CustomTestStringConvertible {
    let log: [String]
    var refusals = 0
    var changes = 0
    let make: @Sendable () -> MilterBase

    var testDescription: String { log.first ?? "no action" }
  }

  private final class Sync: Milter {
    let work: (Sync, MilterCallback) throws -> Status
    required init() {
      work = { _, _ in .continue }
      super.init()
    }
    init(_ work: @escaping (Sync, MilterCallback) throws -> Status) {
      self.work = work
      super.init()
    }
    override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
      try work(self, .connect)
    }
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      try work(self, .envfrom)
    }
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      try work(self, .envrcpt)
    }
    override func eom() throws -> Status { try work(self, .eom) }
  }

  private final class Async: AsyncMilter {
    nonisolated(nonsending) override func eom() async throws -> Status {
      await Task.yield()
      try addheader("X-A", "secret")
      try chgheader("Subject", 1, nil)
      try delrcpt("<recipient@example.org>")
      try chgfrom("<x@example.org>")
      try quarantine("secret")
      try replacebody("secret\r\n")
      try replacebody("more\r\n")
      try setreply("550", "5.7.1", "secret")
      return .continue
    }
  }

  private static func refusing(_ callback: MilterCallback, _ status: MilterStatus) -> Case {
    Case(log: ["shadow: \(callback) would have answered: \(status)"], refusals: 1) {
      Sync { $1 == callback ? status : .continue }
    }
  }

  private static let cases =
    [MilterCallback.connect, .envfrom, .envrcpt, .eom].flatMap { callback in
      [MilterStatus.reject, .tempfail, .discard].map { refusing(callback, $0) }
    } + [
      Case(
        log: [
          "shadow: eom would have answered: addheader X-A, 6 bytes; chgheader Subject 1, deleted; "
            + "delrcpt, 23 bytes; chgfrom, 15 bytes; quarantine, 6 bytes; replacebody, 14 bytes"
        ], changes: 6
      ) { Async() },
      Case(log: ["shadow: eom would have answered: tempfail"], refusals: 1) {
        Sync { filter, callback in
          guard callback == .eom else { return .continue }
          try filter.addheader("X-A", "y")
          try filter.addheader("X-\r", "y")
          return .continue
        }
      },
      Case(log: ["shadow: eom would have answered: addheader X-Footer, 7 bytes"], changes: 1) {
        ClosureMilter { message in
          message.headers["X-Footer"] = "secret"
          return .accept
        }
      },
      Case(log: []) { ClosureMilter { _ in .accept } },
    ]

  @Test(arguments: cases)
  func `Mail is neither changed nor refused, and the log has what would have been done`(item: Case)
    throws
  {
    let lines = Mutex<[String]>([])
    var configuration = MilterConfiguration()
    configuration.shadow = true
    configuration.log = MilterLog(level: .notice) { level, line in
      if level == .notice { lines.withLock { $0.append(line) } }
    }
    let make = item.make
    let server = try MilterServer(
      sockets: ["inet:0@127.0.0.1"], configuration: configuration, makeMilter: make)
    try server.start()
    let port = try #require(server.addresses.first)
    let mta = try TestMTA(.postfix, socket: port)
    let mail = MTAMail()
    let outcome = mta.send(mail)
    #expect(outcome.verdict == .accept && outcome.actions == [])
    #expect(outcome.result == outcome.original)
    mta.quit()
    server.stop()
    let shadows = lines.withLock { $0 }.compactMap { line in
      line.range(of: "shadow: ").map { String(line[$0.lowerBound...]) }
    }
    #expect(shadows == item.log)
    #expect(lines.withLock { $0 }.allSatisfy { !$0.contains("secret") })
    let statistics = server.statistics
    #expect(statistics.shadowedRefusals == item.refusals)
    #expect(statistics.shadowedChanges == item.changes)
  }
}

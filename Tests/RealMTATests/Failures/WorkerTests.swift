import Foundation
import Glibc
import MilterFilterFixtures
import MilterProcessFixtures
import Testing

extension RealMTASuite {
  /// A filter whose workers crash while mail flows.
  @Suite struct WorkerTests {
    private static let messages = 500
    private static let workers = 3
    /// The numbers of messages after which a worker is killed.
    private static let crashes = Array(stride(from: 40, through: 440, by: 40))

    @Test(arguments: RealMTA.Kind.allCases)
    func `Each message is filtered or deferred while workers crash, and the workers come back`(
      kind: RealMTA.Kind
    ) async throws {
      let directory = try InstanceDirectory()
      let (filter, socket) = try SampleProcess.start(
        "greeter", ["--workers", "\(Self.workers)"], in: directory,
        environment: CrashSignals.environment)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let traffic = OutageTraffic(to: mta)
        defer { traffic.end() }
        for (number, count) in Self.crashes.enumerated() {
          try wait(for: "\(count) messages", within: .seconds(180)) {
            traffic.finished >= count
          }
          let running = try ProcFile.children(of: filter.pid).sorted()
          try #require(running.count == Self.workers, "crash \(number)")
          let victim = running[number % running.count]
          #expect(kill(victim, SIGSEGV) == 0, "crash \(number)")
          try wait(for: "another worker", within: .seconds(180)) {
            let now = try ProcFile.children(of: filter.pid)
            return now.count == Self.workers && !now.contains(victim)
          }
        }
        try wait(for: "\(Self.messages) messages", within: .seconds(180)) {
          traffic.finished >= Self.messages
        }
        let outcomes = traffic.waitForEnd()
        #expect(outcomes.surprises == [])
        // A crash ends the sessions of one worker, and each client has at most one message in progress.
        #expect(outcomes.refused.count <= Self.crashes.count * OutageTraffic.clients)
        #expect(try mta.queueIDs() == outcomes.accepted.values.sorted())
        for (number, id) in outcomes.accepted {
          let headers = try mta.headers(of: id).map(\.description)
          #expect(headers.contains("X-Seen-From: <\(number)@from.example>"))
        }
      }
      let log = filter.log.split(separator: "\n")
      #expect(log.count { $0.contains(" ended with signal 11 ") } == Self.crashes.count)
      #expect(try filter.terminate() == 0)
    }
  }
}

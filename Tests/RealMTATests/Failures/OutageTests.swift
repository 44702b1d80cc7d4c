import MilterFilterFixtures
import Glibc
import Testing

extension RealMTASuite {
  /// Filters that disconnect at any step, and come back.
  @Suite struct OutageTests {
    /// The cause of an outage.
    enum Outage: CaseIterable {
      /// The filter is killed and started again.
      case killed
      /// The process is stopped, and continues.
      case stopped
      /// The filter ends as under a service manager, and is started again.
      case restarted
    }

    /// The minimum number of messages.
    private static let messages = 500
    /// The numbers of messages after which an outage begins.
    private static let outages = [100, 220, 340]

    @Test(
      arguments: RealMTA.Kind.allCases,
      OutageFilter.allCases)
    func `No message passes unfiltered, and none is lost`(kind: RealMTA.Kind, filter: OutageFilter)
      async throws
    {
      for outage in Outage.allCases { try await play(outage, of: filter, under: kind) }
    }

    private func play(
      _ outage: Outage, of filter: OutageFilter, under kind: RealMTA.Kind
    ) async throws {
      let directory = try InstanceDirectory()
      let socket = MilterSocket.inet(port: try directory.reservePort())
      var process = try filter.start(on: socket, in: directory, log: "log")
      var settings = RealMTA.Settings(filters: [socket.spec])
      settings.connectTimeout = .seconds(2)
      settings.commandTimeout = .seconds(2)
      settings.contentTimeout = .seconds(2)
      try await withMTA(kind, settings) { mta in
        let traffic = OutageTraffic(to: mta)
        defer { traffic.end() }
        for count in Self.outages {
          try waitForMessages(count, traffic)
          traffic.announceOutage()
          switch outage {
          case .killed:
            #expect(try process.end(by: SIGKILL) == 128 + SIGKILL, "after \(count) messages")
          case .stopped: #expect(kill(process.pid, SIGSTOP) == 0, "after \(count) messages")
          case .restarted: #expect(try process.end(by: SIGTERM) == 0, "after \(count) messages")
          }
          try wait(for: "every client to be refused", within: .seconds(120)) {
            traffic.isRefusedEverywhere
          }
          if outage == .stopped {
            #expect(kill(process.pid, SIGCONT) == 0, "after \(count) messages")
          } else {
            process = try filter.start(on: socket, in: directory, log: "log\(count)")
          }
          traffic.announceService()
        }
        try waitForMessages(Self.messages, traffic)
        let outcomes = traffic.waitForEnd()
        try check(outcomes, in: mta, "\(filter) \(outage)")
      }
      #expect(try process.end(by: SIGTERM) == 0)
    }

    private func waitForMessages(_ count: Int, _ traffic: OutageTraffic) throws {
      try wait(for: "\(count) messages", within: .seconds(300)) {
        traffic.finished >= count
      }
    }

    /// Checks that each message is queued and filtered, or that its client got a temporary failure.
    private func check(
      _ outcomes: OutageTraffic.Outcomes, in mta: RealMTA, _ comment: Comment
    ) throws {
      #expect(outcomes.surprises == [], comment)
      #expect(outcomes.refused.count >= Self.outages.count * OutageTraffic.clients, comment)
      #expect(try mta.queueIDs() == outcomes.accepted.values.sorted(), comment)
      for (number, id) in outcomes.accepted {
        let headers = try mta.headers(of: id).map(\.description)
        #expect(
          headers.filter { $0.hasPrefix("Subject:") || $0.hasPrefix("X-Seen-From:") }.sorted() == [
            "Subject: \(number)", "X-Seen-From: <\(number)@from.example>",
          ], comment)
      }
    }
  }
}

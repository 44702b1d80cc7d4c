import ClusterFixtures
import Foundation
import MilterTesting
import Testing

extension ClusterSuite {
  /// Three filters behind HAProxy decide as one.
  @Suite struct ClusterTests {
    @Test func `A rate limit counts exactly the messages that all filters let pass`() throws {
      let cluster = try Cluster("ratelimit-redis", ["--count", "200", "--period", "604800"])
      let counts = Counts()
      let socket = cluster.socket
      try onThreads(24) { thread in
        let mta = try TestMTA(socket: socket)
        mta.macros["{auth_authen}"] = thread % 2 == 0 ? "joe" : "ann"
        for _ in 1...50 {
          counts.add(mta.mail(), of: "\(thread % 2) ")
          mta.rset()
        }
        mta.quit()
      }
      // Of 600 messages of each user.
      #expect(
        counts.all == [
          "0 pass": 200, "0 450 4.7.1": 400, "1 pass": 200, "1 450 4.7.1": 400,
        ])
      #expect(try cluster.haproxy.servers().allSatisfy { $0.connections > 0 })
      // One filter has named each user.
      let log = cluster.filters.map(\.log).joined()
      for user in ["joe", "ann"] {
        #expect(log.components(separatedBy: "user \(user) is over the limit").count == 2)
      }
      #expect(try cluster.terminate() == [0, 0, 0])
    }

    @Test func `Workers of one filter also count together`() throws {
      let folder = try ScratchFolder()
      let redis = try RunningRedis(in: folder)
      let socket = "unix:\(folder.path(of: "s"))"
      let filter = try RunningProgram(
        built("ratelimit-redis"),
        [
          "--workers", "3", "--socket", socket, "--redis", redis.socket, "--redis-timeout", "60000",
          "--count", "100", "--period", "604800",
        ], output: folder.path(of: "log"))
      try filter.wait(for: "a filter to serve") { (try? TestMTA(socket: socket)) != nil }
      let counts = Counts()
      try onThreads(12) { _ in
        let mta = try TestMTA(socket: socket)
        mta.macros["{auth_authen}"] = "joe"
        for _ in 1...25 {
          counts.add(mta.mail())
          mta.rset()
        }
      }
      #expect(counts.all == ["pass": 100, "450 4.7.1": 200])
      #expect(try filter.end(by: SIGTERM) == 0)
    }

    @Test func `A triplet that one filter has deferred passes another`() throws {
      let cluster = try Cluster("greylist-redis", ["--delay", "300", "--redis-prefix", "x:"])
      let socket = cluster.socket
      /// All of 240 triplets at the same time, each of them from three clients.
      func round() throws -> [String: Int] {
        let counts = Counts()
        try onThreads(24) { thread in
          let mta = try TestMTA(socket: socket)
          mta.connect("client.example", .inet(address: "192.0.2.7", port: 25))
          for number in 1...30 {
            mta.mail(from: "sender@example.org")
            counts.add(mta.rcpt(to: "\(thread % 8).\(number)@example.net"))
            mta.rset()
          }
          mta.quit()
        }
        return counts.all
      }
      #expect(try round() == ["451 4.7.1": 720])
      #expect(try cluster.redis.command("DBSIZE") == "240")
      #expect(try round() == ["451 4.7.1": 720])
      // As if all had come 300 seconds earlier.
      let earlier = """
        for _, key in ipairs(redis.call('KEYS', 'x:greylist:*')) do
          local first = string.match(redis.call('GET', key), '^%d+')
          redis.call('SET', key, string.format('%d 0', first - 300))
        end
        """
      try cluster.redis.command("EVAL", earlier, "0")
      #expect(try round() == ["pass": 720])
      #expect(try cluster.redis.command("DBSIZE") == "240")
      #expect(try cluster.haproxy.servers().allSatisfy { $0.connections > 0 })
      #expect(try cluster.terminate() == [0, 0, 0])
    }

    @Test func `After a short delay a triplet passes, by the clock of Redis`() throws {
      let cluster = try Cluster("greylist-redis", ["--delay", "1"])
      #expect(try cluster.mta().rcpt().status == .tempfail)
      // Each time at another filter.
      try poll(for: "the delay to pass") {
        try cluster.mta().rcpt().status == .continue ? () : nil
      }
      #expect(try cluster.mta().rcpt().status == .continue)
    }

    @Test func `Sessions that wait for Redis do not delay others`() throws {
      let cluster = try Cluster("ratelimit-redis", ["--count", "100", "--period", "604800"])
      cluster.redis.signal(SIGSTOP)
      let counts = Counts()
      let hasEnded = Flag()
      let socket = cluster.socket
      // More than each filter has connections to Redis.
      let waiting = Thread {
        try? onThreads(60) { _ in
          let mta = try TestMTA(socket: socket)
          mta.macros["{auth_authen}"] = "joe"
          counts.add(mta.mail())
        }
        hasEnded.set()
      }
      waiting.start()
      // Each filter lists its sessions.
      try poll(for: "all of them to wait") {
        for filter in cluster.filters { filter.signal(SIGUSR1) }
        let lists = cluster.filters.map {
          $0.log.components(separatedBy: "connections: ").last ?? ""
        }
        let count = lists.map { $0.components(separatedBy: ": in envfrom for").count - 1 }.reduce(
          0, +)
        return count == 60 ? () : nil
      }
      // Mail without a login is not counted, and passes meanwhile.
      for _ in 1...6 { #expect(try cluster.mta().rcpt().status == .continue) }
      #expect(counts.all == [:])
      cluster.redis.signal(SIGCONT)
      try poll(for: "the answers") { hasEnded.isSet ? () : nil }
      #expect(counts.all == ["pass": 60])
    }

    @Test(arguments: ["accept", "tempfail"])
    func `Redis is killed and restarted under load`(_ fallback: String) throws {
      let limit = 2000
      let cluster = try Cluster(
        "ratelimit-redis",
        [
          "--count", "\(limit)", "--period", "604800", "--fallback", fallback, "--log-level",
          "info",
        ])
      let counts = Counts()
      let isDone = Flag()
      let hasEnded = Flag()
      let socket = cluster.socket
      let clients = 12
      var killing: (any Error)?
      let load = Thread {
        try? onThreads(clients) { _ in
          let mta = try TestMTA(socket: socket)
          mta.macros["{auth_authen}"] = "joe"
          while !isDone.isSet {
            counts.add(mta.mail())
            mta.rset()
          }
          mta.quit()
        }
        hasEnded.set()
      }
      load.start()
      do {
        for _ in 1...3 {
          let before = counts["pass"] + counts["450 4.7.1"]
          try poll(for: "decisions of Redis") {
            counts["pass"] + counts["450 4.7.1"] >= before + 200 ? () : nil
          }
          try cluster.redis.kill()
          let fallen = fallback == "accept" ? "pass" : "451 4.3.0"
          let inBetween = counts["450 4.7.1"]
          let count = counts[fallen]
          try poll(for: "answers without Redis") { counts[fallen] >= count + 200 ? () : nil }
          // Those that were in progress.
          #expect(counts["450 4.7.1"] <= inBetween + clients)
          try cluster.redis.start()
          try poll(for: "all filters to have Redis again") {
            // A filter that has not asked meanwhile has noticed nothing.
            let pairs = cluster.filters.map(\.log).map { log in
              ["error: ", "answers again"].map { log.components(separatedBy: $0).count - 1 }
            }
            return pairs.allSatisfy { $0[0] == $0[1] } && pairs.contains { $0[0] > 0 } ? () : nil
          }
        }
        try poll(for: "the limit") { counts["450 4.7.1"] > 100 ? () : nil }
      } catch {
        killing = error
      }
      isDone.set()
      try poll(for: "the end of the load") { hasEnded.isSet ? () : nil }
      if let killing { throw killing }

      if fallback == "tempfail" {
        // No message too many. A decision that Redis had made when it was killed counts, although the
        // filter did not hear of it.
        #expect(counts["pass"] <= limit && counts["pass"] >= limit - 3 * clients)
        #expect(Set(counts.all.keys) == ["pass", "450 4.7.1", "451 4.3.0"])
      } else {
        #expect(Set(counts.all.keys) == ["pass", "450 4.7.1"])
      }
      // No filter has crashed.
      #expect(try cluster.terminate() == [0, 0, 0])
    }
  }
}

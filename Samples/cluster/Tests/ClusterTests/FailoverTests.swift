import ClusterFixtures
import Foundation
import MilterRateLimit
import RedisStore
import Testing

extension ClusterSuite {
  /// A primary and a replica behind HAProxy, with the sample's configuration.
  @Suite struct FailoverTests {
    private let folders: [ScratchFolder]
    private let ports: [ReservedPort]
    private let primary: RunningRedis
    private let replica: RunningRedis
    private let haproxy: RunningHAProxy
    private let store: RedisRates
    private let lines = Lines()

    init() throws {
      folders = try (0..<3).map { _ in try ScratchFolder() }
      ports = try (0..<2).map { _ in try ReservedPort() }
      let listening = ports.map { ["--port", "\($0.number)", "--bind", "127.0.0.1"] }
      primary = try RunningRedis(in: folders[0], listening[0])
      replica = try RunningRedis(
        in: folders[1], listening[1] + ["--replicaof", "127.0.0.1 \(ports[0].number)"])
      haproxy = try RunningHAProxy(
        configuration: packageRoot.appending(path: "redis.haproxy.cfg").path,
        replacing: [
          ("bind 127.0.0.1:6380", "bind unix@SOCKET"),
          ("socket /run/haproxy-redis.sock", "socket CONTROL"),
          ("server one 192.0.2.11:6379", "server one unix@\(primary.socket)"),
          ("server two 192.0.2.12:6379", "server two unix@\(replica.socket)"),
          // A Redis that a busy machine keeps from an answer is not down.
          ("timeout check 1s", "timeout check 60s"),
        ], backend: "primary", in: folders[2])
      var settings = RedisSettings(primary)
      settings.address = .path(haproxy.socket)
      let rate = Rate(count: 10, period: .seconds(604_800))
      store = RedisRates(settings, rate, log: { [lines] in lines.log })
      try haproxy.wait(for: "the primary, and not the replica") { servers in
        servers.map(\.isUp) == [true, false]
      }
    }

    /// Sends messages until one is refused, once there is a primary again.
    ///
    /// - Returns: How many were let pass.
    private func rest() throws -> Int {
      var count = 0
      return try poll(for: "the limit") {
        do {
          guard try store.admit("joe") == nil else { return count }
          count += 1
        } catch is RedisError {}
        return nil
      }
    }

    private func admit(_ count: Int) throws {
      for _ in 1...count { #expect(try store.admit("joe") == nil) }
    }

    private func waitForReplica() throws {
      let key = "milter:ratelimit:user:joe"
      let value = try primary.command("GET", key)
      try poll(for: "the replica") { try replica.command("GET", key) == value ? () : nil }
    }

    private func failOver() throws {
      try primary.kill()
      #expect(throws: RedisError.self) { try store.admit("joe") }
      try replica.command("REPLICAOF", "NO", "ONE")
    }

    @Test func `Writes that the replica has are not lost`() throws {
      try admit(6)
      try waitForReplica()
      try failOver()
      #expect(try rest() == 4)
      #expect(lines.all.last?.contains("answers again") == true)
    }

    @Test func `Writes that the replica lacks are sent once more`() throws {
      try admit(6)
      try waitForReplica()
      // It keeps what it has, and gets no more.
      try replica.command("REPLICAOF", "127.0.0.1", "\(ports[1].number)")
      try admit(3)
      try failOver()
      #expect(try rest() == 4)
    }
  }
}

import ClusterFixtures
import Foundation
import MilterGreylist
import MilterRateLimit
import RedisStore
import Testing

extension ClusterSuite {
  /// Users and passwords, over TCP.
  @Suite struct LoginTests {
    private let folder: ScratchFolder
    private let port: ReservedPort
    private let redis: RunningRedis
    private let lines = Lines()

    init() throws {
      folder = try ScratchFolder()
      port = try ReservedPort()
      redis = try RunningRedis(in: folder, ["--port", "\(port.number)", "--bind", "127.0.0.1"])
    }

    private func store(_ user: String?, _ password: String?) throws -> RedisRates {
      var settings = RedisSettings(redis)
      settings.address = try RedisAddress("127.0.0.1:\(port.number)")
      settings.user = user
      settings.password = password
      let rate = Rate(count: 1, period: .seconds(3600))
      return RedisRates(settings, rate, log: { [lines] in lines.log })
    }

    /// Creates a user as the README does.
    ///
    /// - Returns: The password.
    private func makeUser(_ name: String) throws -> String {
      let readme = try String(
        contentsOf: packageRoot.appending(path: "README.md"), encoding: .utf8)
      let line = try #require(readme.split(separator: "\n").first { $0.hasPrefix("user \(name) ") })
      let words = line.split(separator: " ").dropFirst(2).map(String.init)
      let arguments = ["-s", redis.socket, "ACL", "SETUSER", name] + words
      #expect(try RunningProgram.run("redis-cli", arguments, in: folder).output == "OK\n")
      return String(try #require(words.first { $0.hasPrefix(">") }).dropFirst())
    }

    @Test func `The user of the README's health check sees which Redis is the primary`() throws {
      let password = try makeUser("haproxy")
      let arguments = [
        "-s", redis.socket, "--user", "haproxy", "--pass", password, "--no-auth-warning",
      ]
      let info = try RunningProgram.run(
        "redis-cli", arguments + ["INFO", "replication"], in: folder)
      #expect(info.output.contains("role:master"))
      let keys = try RunningProgram.run("redis-cli", arguments + ["KEYS", "*"], in: folder)
      #expect(keys.output.contains("NOPERM"))
    }

    @Test func `A user with the permissions of the README can decide`() throws {
      let password = try makeUser("milter")
      var settings = RedisSettings(redis)
      settings.user = "milter"
      settings.password = password
      let triplets = RedisTriplets(
        settings, TripletTimes(delay: 86_400, window: 172_800, keep: 172_800),
        log: { [lines] in lines.log })
      for _ in 1...2 { #expect(try triplets.check(["n", "s", "r"]).wait > 0) }

      let store = try store("milter", password)
      #expect(try store.admit("joe") == nil)
      #expect(try store.admit("joe") != nil)
      try redis.command("SCRIPT", "FLUSH")
      #expect(try store.admit("joe") != nil)
      #expect(lines.all == [])
    }

    @Test func `The default user's password is enough if there are no other users`() throws {
      try redis.command("CONFIG", "SET", "requirepass", "s3cret")
      let store = try store(nil, "s3cret")
      #expect(try store.admit("joe") == nil)
      #expect(try store.admit("joe") != nil)
    }

    @Test(arguments: [(nil, nil), (nil, "wrong"), ("nobody", "wrong")])
    func `A failed login is logged, without the password`(_ user: String?, _ password: String?)
      throws
    {
      try redis.command("CONFIG", "SET", "requirepass", "s3cret")
      let store = try store(user, password)
      #expect(throws: RedisError.self) { try store.admit("joe") }
      let reason = password == nil ? "NOAUTH" : "WRONGPASS"
      #expect(lines.all.first?.contains(reason) == true, "\(lines.all)")
      #expect(!lines.all.joined().contains("wrong"))
    }
  }
}

import ClusterFixtures
import Foundation
import MilterGreylist
import MilterKit
import MilterRateLimit
import RedisStore

/// Measures how long a decision takes: with the stores of `greylist` and `ratelimit`, and with Redis.
///
///     cluster-bench [DECISIONS]
///
/// It starts a Redis of its own, which syncs its file once a second, like the file of `greylist`.
@main
enum ClusterBench {
  static func main() throws {
    let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
    let folder = try ScratchFolder()
    let port = try ReservedPort()
    let redis = try RunningRedis(
      in: folder, ["--port", "\(port.number)", "--bind", "127.0.0.1"])
    defer { withExtendedLifetime((redis, port)) {} }
    let places: [(String, RedisAddress)] = [
      ("Redis, Unix-domain socket", .path(redis.socket)),
      ("Redis, TCP on this host", .host("127.0.0.1", port: Int(port.number))),
    ]
    let times = TripletTimes(delay: 300, window: 172_800, keep: 3_024_000)
    let rate = Rate(count: 1_000_000, period: .seconds(604_800))

    let bench = Bench(decisions: count)
    let file = try TripletFile(folder.path(of: "triplets"), times) { Int(time(nil)) }
    for round in ["first mail", "known triplet"] {
      try bench.measure("greylist, \(round)", "file") { _ = file.check(triplet($0, $1)) }
      for (name, address) in places {
        let store = RedisTriplets(settings(address, name), times)
        try bench.measure("greylist, \(round)", name) { _ = try store.check(triplet($0, $1)) }
      }
    }
    let table = RateTable(rate)
    try bench.measure("ratelimit", "memory") { thread, _ in _ = table.admit("user\(thread)") }
    for (name, address) in places {
      let store = RedisRates(settings(address, name), rate)
      try bench.measure("ratelimit", name) { thread, _ in _ = try store.admit("user\(thread)") }
    }
  }

  private static func triplet(_ thread: Int, _ number: Int) -> [String] {
    ["192.0.2.0/24", "sender\(thread)@example.org", "recipient\(number)@example.net"]
  }

  private static func settings(_ address: RedisAddress, _ name: String) -> RedisSettings {
    var settings = RedisSettings(address)
    settings.prefix = "\(name):"
    (settings.timeout, settings.connectTimeout) = (60_000, 60_000)
    settings.fallback = { .tempfail }
    return settings
  }
}

import ClusterFixtures
import Foundation
import Glibc
import MilterGreylist
import MilterKit
import MilterRateLimit
import RedisStore

/// Measures how long a decision takes with the stores of `greylist` and `ratelimit`, and with Redis.
///
/// It starts its own Redis, which syncs its file once a second, as `greylist` does.
@main
enum ClusterBench {
  private static let usage = """
    usage: cluster-bench [DECISIONS]
      DECISIONS  the number of decisions for each figure, at least \(Bench.threads) (default 20000)

    """

  static func main() throws {
    guard let count = decisions(CommandLine.arguments.dropFirst()) else {
      FileHandle.standardError.write(Data(usage.utf8))
      exit(EX_USAGE)
    }
    try measure(count)
  }

  /// The number of decisions on the command line; `nil` if it is not valid.
  private static func decisions(_ arguments: ArraySlice<String>) -> Int? {
    guard let argument = arguments.first else { return 20_000 }
    guard arguments.count == 1, let count = Int(argument), count >= Bench.threads else {
      return nil
    }
    return count
  }

  private static func measure(_ count: Int) throws {
    let folder = try ScratchFolder()
    let port = try ReservedPort()
    let redis = try RunningRedis(
      in: folder, ["--port", "\(port.number)", "--bind", "127.0.0.1"])
    // Redis ends with its object, and the port is free again after its own.
    defer { withExtendedLifetime((redis, port)) {} }
    let places: KeyValuePairs<String, RedisAddress> = [
      "Redis, Unix-domain socket": .path(redis.socket),
      "Redis, TCP on this host": .host("127.0.0.1", port: Int(port.number)),
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
    settings.timeout = 60_000
    settings.connectTimeout = 60_000
    settings.fallback = { .tempfail }
    return settings
  }
}

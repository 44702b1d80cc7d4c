import ClusterFixtures
import Foundation
import MilterTesting
import Testing

extension ClusterSuite {
  /// The programs, by their command lines.
  @Suite struct ProgramTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test(arguments: ["greylist-redis", "ratelimit-redis"])
    func `--check prints settings that can be read again, and opens nothing`(_ name: String) throws
    {
      let file = try folder.write(
        "redis = redis.example:6380\nredis-password-file = /nonexistent\nfallback = tempfail\n",
        to: "settings")
      let arguments = ["--socket", "unix:\(folder.path)/s", "--check", "--config"]
      let run = try RunningProgram.run(built(name), arguments + [file], in: folder)
      #expect(run.status == 0, "\(run.output)")
      for line in ["redis = redis.example:6380", "fallback = tempfail", "redis-timeout = 500"] {
        #expect(run.output.contains(line), "\(run.output)")
      }
    }

    @Test(
      arguments: ["greylist-redis", "ratelimit-redis"],
      [
        ("redis = host:x", "write a path, or HOST:PORT"),
        ("redis-user = joe", "give --redis-password-file"),
        ("fallback = reject", "not one of accept, tempfail"),
        ("redis-timeout = 0", "redis-timeout"),
      ])
    func `--check finds what is wrong`(_ name: String, _ setting: (line: String, reason: String))
      throws
    {
      let file = try folder.write(setting.line + "\n", to: "settings")
      let arguments = ["--socket", "unix:\(folder.path)/s", "--check", "--config", file]
      let run = try RunningProgram.run(built(name), arguments, in: folder)
      #expect(run.status == 78)
      #expect(run.output.contains(setting.reason), "\(run.output)")
    }

    @Test(arguments: [["15"], ["0"], ["-1"], ["many"], ["1000", "1000"]])
    func `cluster-bench refuses a number of decisions that it cannot measure`(
      _ arguments: [String]
    ) throws {
      let run = try RunningProgram.run(built("cluster-bench"), arguments, in: folder)
      #expect(run.status == EX_USAGE)
      #expect(run.output.hasPrefix("usage: cluster-bench [DECISIONS]\n"))
    }

    @Test func `Without its password file a filter does not start`() throws {
      let run = try RunningProgram.run(
        built("ratelimit-redis"),
        ["--socket", "unix:\(folder.path)/s", "--redis-password-file", "/nonexistent/x"], in: folder
      )
      #expect(run.status == 1)
      #expect(run.output.hasSuffix("/nonexistent/x: No such file or directory\n"))
    }

    @Test func `SIGHUP changes the fallback for mail without Redis`() throws {
      let settings = "redis = \(folder.path)/nobody\nsocket = unix:\(folder.path)/s\n"
      let file = try folder.write(settings, to: "settings")
      let filter = try RunningProgram(
        built("greylist-redis"), ["--config", file], output: folder.path(of: "log"))
      try filter.wait(for: "a filter to listen") { filter.log.contains("listening on ") }
      func answer() throws -> String? {
        let mta = try TestMTA(socket: "unix:\(folder.path)/s")
        mta.connect("client.example", .inet(address: "192.0.2.7", port: 25))
        return mta.rcpt().replyText
      }
      #expect(try answer() == nil)
      // A write to a Redis that has gone must not end the filter.
      let status = try String(contentsOfFile: "/proc/\(filter.pid)/status", encoding: .utf8)
      let ignored = try #require(status.firstMatch(of: /SigIgn:\s+([0-9a-f]+)/)).output.1
      #expect((Int(ignored, radix: 16) ?? 0) & 1 << (SIGPIPE - 1) != 0)
      _ = try folder.write(settings + "fallback = tempfail\n", to: "settings")
      filter.signal(SIGHUP)
      try filter.wait(for: "a reload") { filter.log.contains("reloaded") }
      #expect(
        try answer() == "451 4.3.0 Greylisting is not available, please try again later")
      #expect(try filter.end(by: SIGTERM) == 0)
    }

    @Test func `A password is read from its file`() throws {
      let redis = try RunningRedis(in: folder)
      try redis.command("CONFIG", "SET", "requirepass", "s3cret word")
      let password = try folder.write("s3cret word\n", to: "password")
      let run = try RunningProgram.run(
        built("greylist-redis"),
        [
          "--redis", redis.socket, "--redis-password-file", password, "--redis-timeout", "60000",
          "--try", packageRoot.appending(path: "../messages/hello.eml").path,
        ], in: folder)
      #expect(run.output.contains("Greylisted, please try again in 300 seconds"), "\(run.output)")
      #expect(run.status == 11)
    }
  }
}

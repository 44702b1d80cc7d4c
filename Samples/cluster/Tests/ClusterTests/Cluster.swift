import ClusterFixtures
import Foundation
import MilterTesting

/// Three filters behind a HAProxy, with one Redis.
final class Cluster {
  let folder: ScratchFolder
  let redis: RunningRedis
  let filters: [RunningProgram]
  let haproxy: RunningHAProxy

  /// Where MTAs connect.
  var socket: String { "unix:\(haproxy.socket)" }

  /// Starts all of it.
  ///
  /// - Parameters:
  ///   - program: the filters' program.
  ///   - arguments: its settings, besides the sockets.
  /// - Throws: an error if a program does not come to serve.
  init(_ program: String, _ arguments: [String]) throws {
    let folder = try ScratchFolder()
    let redis = try RunningRedis(in: folder, sync: "always")
    let names = ["one", "two", "three"]
    // A busy machine may keep Redis from an answer for a minute.
    let patience = ["--redis-timeout", "60000", "--redis-connect-timeout", "60000"]
    filters = try names.map { name in
      let filter = try RunningProgram(
        built(program),
        ["--socket", "unix:\(folder.path(of: name))", "--redis", redis.socket] + patience
          + arguments,
        output: folder.path(of: "\(name).log"))
      try filter.wait(for: "a filter to listen") { filter.log.contains("listening on ") }
      return filter
    }
    let sockets = names.map(folder.path(of:))
    haproxy = try RunningHAProxy(
      configuration: packageRoot.appending(path: "../haproxy/haproxy.cfg").path,
      replacing: [
        ("bind 127.0.0.1:8890", "bind unix@SOCKET"),
        ("socket /run/haproxy-milter.sock", "socket CONTROL"),
        ("server one 127.0.0.1:8891", "server one unix@\(sockets[0])"),
        ("server two 127.0.0.1:8892", "server two unix@\(sockets[1])"),
        ("server three 127.0.0.1:8893", "server three unix@\(sockets[2])"),
        // A filter that a busy machine keeps from an answer is not down.
        ("inter 2s fall 2 rise 2", "inter 2s fall 1000 rise 2"),
      ], backend: "filters", in: folder)
    try haproxy.wait(for: "the filters") { servers in
      servers.count == 3 && servers.allSatisfy { $0.check.hasPrefix("L7OK") }
    }
    (self.folder, self.redis) = (folder, redis)
  }

  /// Connects an MTA to one of the filters.
  func connect() throws -> TestMTA {
    let mta = try TestMTA(socket: socket)
    mta.connect("client.example", .inet(address: "192.0.2.7", port: 25))
    return mta
  }

  /// Ends the filters as a service manager does, and returns their statuses.
  func terminate() throws -> [Int32] {
    for filter in filters { filter.signal(SIGTERM) }
    return try filters.map { try $0.end() }
  }
}

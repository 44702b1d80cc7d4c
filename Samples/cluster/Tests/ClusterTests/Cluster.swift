import ClusterFixtures
import Foundation
import MilterTesting

/// Three filters behind a HAProxy, with one Redis.
final class Cluster {
  let folder: ScratchFolder
  let redis: RunningRedis
  let filters: [RunningProgram]
  let haproxy: RunningHAProxy

  /// The socket for MTAs.
  var socket: String { "unix:\(haproxy.socket)" }

  /// Starts Redis, the filters, and HAProxy.
  ///
  /// - Parameters:
  ///   - program: The filters' program.
  ///   - arguments: Its settings without the sockets.
  /// - Throws: An error if a program ends before it serves.
  init(_ program: String, _ arguments: [String]) throws {
    let folder = try ScratchFolder()
    let redis = try RunningRedis(in: folder, sync: "always")
    let names = ["one", "two", "three"]
    // On a busy machine, an answer of Redis may take up to a minute.
    let timeouts = ["--redis-timeout", "60000", "--redis-connect-timeout", "60000"]
    filters = try names.map { name in
      let filter = try RunningProgram(
        built(program),
        ["--socket", "unix:\(folder.path(of: name))", "--redis", redis.socket] + timeouts
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
        // On a busy machine, a filter that answers late is not down.
        ("inter 2s fall 2 rise 2", "inter 2s fall 1000 rise 2"),
      ], backend: "filters", in: folder)
    try haproxy.wait(for: "the filters") { servers in
      servers.count == 3 && servers.allSatisfy { $0.check.hasPrefix("L7OK") }
    }
    self.folder = folder
    self.redis = redis
  }

  /// Connects an MTA to one of the filters.
  func mta() throws -> TestMTA {
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

import Foundation
import Glibc
import MilterSystem
import Testing

extension RealMTASuite {
  /// Several filters behind HAProxy, with the configuration of Samples/haproxy.
  @Suite struct HAProxyTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Draining one of three filters loses nothing`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let ports = try (0..<5).map { _ in try directory.reservePort() }
      var filters: [String: SampleProcess] = [:]
      for (name, port) in zip(["one", "two", "three"], ports) {
        let spec = MilterSocket.inet(port: port).spec
        filters[name] = try SampleProcess("stamp", ["--socket", spec], in: directory, log: name)
      }
      let haproxy = try HAProxy(filters: Array(ports[0..<3]), port: ports[3], control: ports[4])
      try haproxy.waitUntilUp()

      let settings = RealMTA.Settings(filters: ["inet:\(ports[3])@127.0.0.1"])
      try await withMTA(kind, settings) { mta in
        var count = 0
        func send(_ client: SMTPClient) throws {
          count += 1
          let delivery = try client.send(message: mail("X-Number: \(count)"))
          let message = try mta.message(try #require(delivery.queueID, "\(delivery.final)"))
          #expect(message.fields.first == "X-Number: \(count)")
          #expect(message.fields.last?.hasPrefix("X-Stamp: ") == true)
        }
        func connect() throws -> SMTPClient {
          let client = try mta.connect()
          try client.ehlo()
          return client
        }

        // Two clients for each filter.
        let early = try (0..<6).map { _ in try connect() }
        for client in early { try send(client) }
        #expect(try haproxy.sessions() == ["one": 2, "two": 2, "three": 2])

        try haproxy.command("set server filters/one state drain")
        let late = try (0..<4).map { _ in try connect() }
        // The drained filter still serves its existing connections.
        for client in early + late { try send(client) }
        #expect(try haproxy.sessions() == ["one": 2, "two": 4, "three": 4])

        for client in early { try client.quit() }
        try wait(for: "the drained filter's connections to end") {
          try haproxy.sessions()["one"] == 0
        }
        #expect(try filters["one"]?.terminate() == 0)
        for client in late { try send(client) }
        let latest = try connect()
        try send(latest)
        for client in late + [latest] { try client.quit() }
        #expect(try mta.queueIDs().count == count)
      }
      for name in ["two", "three"] { #expect(try filters[name]?.terminate() == 0) }
    }
  }
}

/// A HAProxy with the configuration of the samples, on reserved ports.
private struct HAProxy {
  private let daemon: Daemon
  private let directory: InstanceDirectory
  private let control: UInt16

  init(filters: [UInt16], port: UInt16, control: UInt16) throws {
    self.control = control
    directory = try InstanceDirectory()
    var text = try String(
      contentsOfFile: "\(BuiltProgram.packageRoot)/Samples/haproxy/haproxy.cfg", encoding: .utf8)
    let places = [
      ("127.0.0.1:8890", "127.0.0.1:\(port)"), ("127.0.0.1:8891", "127.0.0.1:\(filters[0])"),
      ("127.0.0.1:8892", "127.0.0.1:\(filters[1])"), ("127.0.0.1:8893", "127.0.0.1:\(filters[2])"),
      ("socket /run/haproxy-milter.sock mode 600", "socket ipv4@127.0.0.1:\(control)"),
      // On a busy machine, a filter may miss health checks. HAProxy must not mark it as down.
      ("inter 2s fall 2 rise 2", "inter 2s fall 1000 rise 2"),
    ]
    for (sample, ours) in places {
      try #require(text.contains(sample))
      text = text.replacingOccurrences(of: sample, with: ours)
    }
    try directory.write(text, to: "haproxy.cfg")
    daemon = try Daemon(
      "/usr/sbin/haproxy", ["-db", "-f", directory.path(of: "haproxy.cfg")], in: directory.path,
      log: "log")
  }

  /// Waits until every filter has passed a health check.
  func waitUntilUp() throws {
    try poll(for: "HAProxy to find the filters") { () -> Void? in
      if try daemon.hasEnded() { throw HarnessError("haproxy ended: \(daemon.log())") }
      guard try Loopback.isListening(on: control) else { return nil }
      let servers = try command("show stat").split(separator: "\n").filter {
        $0.hasPrefix("filters,") && !$0.hasPrefix("filters,BACKEND")
      }
      return servers.count == 3 && servers.allSatisfy { $0.contains(",L7OK,") } ? () : nil
    }
  }

  /// Returns the number of connections of each filter.
  func sessions() throws -> [String: Int] {
    var sessions: [String: Int] = [:]
    for line in try command("show stat").split(separator: "\n") where line.hasPrefix("filters,") {
      // The columns are the proxy, the server, the current and maximum queue, and the current sessions.
      let columns = line.split(separator: ",", omittingEmptySubsequences: false)
      if columns[1] != "BACKEND" { sessions[String(columns[1])] = Int(columns[4]) }
    }
    return sessions
  }

  /// Sends a command to the running HAProxy, and returns the answer.
  @discardableResult
  func command(_ command: String) throws -> String {
    let socket = try #require(try Loopback.connect(to: control))
    defer { withExtendedLifetime(socket) {} }
    let stream = FileHandle(fileDescriptor: socket.descriptor, closeOnDealloc: false)
    try stream.write(contentsOf: Data("\(command)\n".utf8))
    return String(decoding: try stream.readToEnd() ?? Data(), as: UTF8.self)
  }
}

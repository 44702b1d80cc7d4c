import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Synchronization
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// `--metrics-listen`, and health checks on the filter's own port.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct MetricsListenerTests {
  private func serve() throws -> (server: TestServer, spec: String) {
    let server = try TestServer(configure: {
      $0.metricsListener = MilterMetricsListener(socket: "inet:0@127.0.0.1", filter: "watched")
    }) { ScriptedFilter() }
    return (server, try #require(server.server.metricsAddress))
  }

  @Test func `/metrics has the statistics, and HEAD has their size only`() throws {
    let (server, spec) = try serve()
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
    let response = try HTTPClient.get("/metrics", of: spec)
    #expect(response.status == 200)
    #expect(response.headers.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
    #expect(response.headers.contains("Content-Length: \(response.body.utf8.count)"))
    #expect(response.headers.contains("Connection: close"))
    #expect(response.body.contains("milter_messages_total{filter=\"watched\"} 1\n"))
    // Durations are measured, because the server has a metrics listener.
    #expect(
      response.body.contains(
        "milter_callback_duration_seconds_count{filter=\"watched\",callback=\"eom\"} 1\n"))
    let head = try HTTPClient.ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n", of: spec)
    #expect(head.status == 200)
    #expect(head.body.isEmpty)
    #expect(head.headers.contains { $0.hasPrefix("Content-Length: ") && $0 != "Content-Length: 0" })
  }

  @Test(arguments: [
    ("GET /healthz HTTP/1.1\r\n\r\n", 200), ("GET /metrics?a=b HTTP/1.1\n\n", 200),
    ("HEAD /healthz HTTP/1.0\r\n\r\n", 200), ("GET / HTTP/1.1\r\n\r\n", 404),
    ("GET /metrics/../healthz HTTP/1.1\r\n\r\n", 404), ("POST /metrics HTTP/1.1\r\n\r\nx", 405),
    ("DELETE /healthz HTTP/1.1\r\n\r\n", 405), ("\r\n\r\n", 400), ("GET\r\n\r\n", 400),
    ("GET /metrics\r\n\r\n", 400), ("GET http://x/metrics HTTP/1.1\r\n\r\n", 400),
    ("GET  /metrics HTTP/1.1\r\n\r\n", 400), ("\0\0\0\u{D}O\0\0\0\u{6}\r\n\r\n", 400),
  ])
  func `Each request gets the right status`(_ request: String, _ status: Int) throws {
    let (server, spec) = try serve()
    let response = try HTTPClient.ask(request, of: spec)
    #expect(response.status == status)
    #expect(response.headers.contains("Allow: GET, HEAD") == (status == 405))
    withExtendedLifetime(server) {}
  }

  @Test func `A header that does not end is refused, and one in pieces is read`() throws {
    let (server, spec) = try serve()
    let long = "GET /metrics HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 2000)
    #expect(try HTTPClient.ask(long, of: spec).status == 431)
    let client = try HTTPClient(spec)
    for byte in "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" { try client.send("\(byte)") }
    #expect(try HTTPClient.response(client.receive()).status == 200)
    withExtendedLifetime(server) {}
  }

  @Test func `Clients that hang, flood and do not read do not delay the metrics of others`() throws
  {
    let (server, spec) = try serve()
    let silent = try (0..<2 * PageListener.mostConnections).map { _ in try HTTPClient(spec) }
    // This client sends a request, and does not read the response.
    let deaf = try HTTPClient(spec)
    try deaf.send("GET /metrics HTTP/1.1\r\n\r\n")
    let isOver = Flag()
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      // The server closes a connection with an endless header. The client then opens another.
      while !isOver.isSet {
        guard let client = try? HTTPClient(spec) else { continue }
        for _ in 0..<64 where (try? client.send(String(repeating: "x", count: 4096))) == nil {
          break
        }
      }
      ended.signal()
    }
    for _ in 0..<20 { #expect(try HTTPClient.get("/healthz", of: spec).status == 200) }
    // The oldest connections were closed to make room. The others have a short timeout.
    for client in silent { #expect(try client.receive().isEmpty) }
    isOver.set()
    try ended.wait(for: "the client with endless headers")
    // These clients also do not delay mail.
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
  }

  @Test func `While the filter ends its last messages /healthz has status 503`() throws {
    let directory = try ScratchDirectory()
    let gate = Gate(in: directory)
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1", "--metrics-listen", "inet:0@127.0.0.1", "--drain", "3600"],
      environment: ["GATE": gate.path])
    let line = try process.log.line { $0.contains("serving metrics on ") }
    let spec = String(try #require(line.split(separator: " ").last))
    let mta = try TestMTA(process.address())
    try mta.greet()
    try mta.envelope(
      .data, .header(name: bytes("Subject"), value: bytes("hi")), .eoh, .body(bytes("hello\r\n")))
    #expect(try HTTPClient.get("/healthz", of: spec).status == 200)
    try mta.send(.endOfBody([]))
    _ = try process.log.line { $0 == "in eom" }
    process.signal(SIGTERM)
    _ = try process.log.line { $0.contains("signal 15: stopping") }
    // The signal is logged before the server begins to stop.
    _ = try poll(for: "the stop") {
      try HTTPClient.get("/healthz", of: spec).status == 200 ? nil : true
    }
    #expect(try HTTPClient.get("/healthz", of: spec).status == 503)
    #expect(try HTTPClient.get("/metrics", of: spec).status == 200)
    gate.open()
    #expect(try mta.receive()?.code == .addheader)
    #expect(try process.waitForExit() == 0)
    #expect(throws: (any Error).self) { try HTTPClient.get("/healthz", of: spec) }
  }

  @Test(arguments: [
    "GET / HTTP/1.0\r\n\r\n", "HEAD /healthz HTTP/1.1\r\n\r\n", "OPTIONS / HTTP/1.0\r\n\r\n", "",
  ])
  func `A health check on the filter's port is counted, and is not an error`(request: String) throws
  {
    let (server, _) = try serve()
    let client = try HTTPClient(server.spec)
    if request.isEmpty {
      client.socket.close()
    } else {
      try client.send(request)
      // The server may close the connection before it has read all bytes.
      _ = try? client.receive()
    }
    // The server notices the end later. The count shows when it has.
    try wait(for: "the end") { server.server.statistics.healthChecks > 0 }
    server.server.stop()
    #expect(server.server.statistics.healthChecks == 1)
    #expect(server.server.statistics.connections == 1)
    #expect(server.server.statistics.errors.isEmpty)
    #expect(server.complaints == [])
    #expect(server.log.all.contains { $0.contains("1 connections ended without a command") })
  }
}

private final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
}

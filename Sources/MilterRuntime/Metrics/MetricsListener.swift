import MilterSystem
import Synchronization

/// Serves a server's statistics over HTTP, on a socket and a thread of its own: `/metrics` and `/healthz`.
///
/// No client can hold it up. There are few connections at a time, the oldest makes room for a new one, and
/// each has a short time and a small header. Nothing is read from a file, and nothing is kept from one
/// request to the next.
final class MetricsListener: Sendable {
  private let socket: ListeningSocket
  private let filter: String
  private let counters: any StatisticsSource
  private let isDraining = Mutex<@Sendable () -> Bool>({ false })
  private let readiness: Readiness
  private let thread: EventThread
  /// Used by the thread only.
  private let connections = Mutex<(open: [Int: HTTPConnection], next: Int)>(([:], 1))

  /// The maximum number of connections at a time.
  static let mostConnections = 32
  /// The number of connections that are accepted at one go.
  private static let batch = 64
  /// How long a connection may last.
  static let patience = Duration.seconds(5)

  /// Makes a listener, which does not accept yet.
  ///
  /// - Throws: if the system has no descriptor to give.
  init(
    _ socket: ListeningSocket, filter: String, _ counters: any StatisticsSource
  ) throws(SocketError) {
    self.socket = socket
    self.filter = filter
    self.counters = counters
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// Where it listens.
  var address: String { "\(socket.localAddress)" }

  /// Starts serving.
  ///
  /// - Parameter isDraining: whether the server ends its last messages.
  /// - Throws: if the system has no thread to give, or no memory to wait.
  func start(isDraining: @escaping @Sendable () -> Bool) throws(SocketError) {
    self.isDraining.withLock { $0 = isDraining }
    try thread.start(ready: { [self] in ready($0) }, task: { [self] in tick() })
    try readiness.wait(for: .news, of: socket.descriptor, token: 0)
    thread.schedule(after: .seconds(1), every: .seconds(1))
  }

  /// Stops serving.
  func stop() {
    let isFirst = thread.perform { [self] in
      readiness.ignore(socket.descriptor)
      socket.unlinkIfOurs()
      socket.close()
      connections.withLock { connections in
        for connection in connections.open.values { connection.socket.close() }
        connections.open = [:]
      }
    }
    // It was never started.
    guard isFirst else {
      socket.unlinkIfOurs()
      return socket.close()
    }
    thread.end()
    thread.waitUntilEnded()
  }

  // MARK: On the thread

  private func ready(_ token: Int) {
    connections.withLock { connections in
      if token == 0 { accept(&connections) } else { proceed(token, &connections.open) }
    }
  }

  /// Accepts what waits, and tries again what failed because no descriptor was free.
  private func tick() {
    connections.withLock { connections in
      let now = CoarseClock.nanoseconds
      for (token, connection) in connections.open where connection.deadline <= now {
        close(token, &connections.open)
      }
      accept(&connections)
    }
  }

  private func accept(_ connections: inout (open: [Int: HTTPConnection], next: Int)) {
    for _ in 0..<Self.batch {
      // Nothing more can be done about a failure than to try again, which the next tick does.
      guard let socket = try? socket.accept() else { return }
      if connections.open.count >= Self.mostConnections, let oldest = connections.open.keys.min() {
        close(oldest, &connections.open)
      }
      let token = connections.next
      connections.next += 1
      connections.open[token] = HTTPConnection(
        socket, until: CoarseClock.nanoseconds &+ Self.patience.nanoseconds)
      proceed(token, &connections.open)
    }
    // Those that are open have their turn first.
    thread.perform { [self] in self.connections.withLock { accept(&$0) } }
  }

  private func proceed(_ token: Int, _ open: inout [Int: HTTPConnection]) {
    // It may have been closed a moment ago.
    guard var connection = open[token] else { return }
    do throws(SocketError) {
      guard let event = try connection.proceed(answer) else { return close(token, &open) }
      open[token] = connection
      try readiness.wait(for: event, of: connection.socket.descriptor, token: token)
    } catch {
      close(token, &open)
    }
  }

  private func close(_ token: Int, _ open: inout [Int: HTTPConnection]) {
    open.removeValue(forKey: token)?.socket.close()
  }

  /// The response to a request.
  private func answer(_ reading: HTTPRequest.Reading) -> [UInt8] {
    guard case .request(let request) = reading else {
      let status = reading == .tooLong ? "431 Request Header Fields Too Large" : "400 Bad Request"
      return HTTPResponse.plain(status).bytes(hasBody: true)
    }
    guard ["GET", "HEAD"].contains(request.method) else {
      return HTTPResponse.plain("405 Method Not Allowed", headers: "Allow: GET, HEAD\r\n")
        .bytes(hasBody: true)
    }
    return page(request.path).bytes(hasBody: request.method == "GET")
  }

  private func page(_ path: String) -> HTTPResponse {
    switch path {
    case "/metrics":
      HTTPResponse(
        status: "200 OK", type: "text/plain; version=0.0.4; charset=utf-8",
        body: counters.snapshot.prometheus(filter: filter))
    case "/healthz":
      isDraining.withLock { $0 }() ? .plain("503 Service Unavailable") : .plain("200 OK")
    default: .plain("404 Not Found")
    }
  }
}

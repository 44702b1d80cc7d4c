import MilterSystem

/// Serves pages about a server over HTTP, on a separate socket and thread.
///
/// No client can block it: the number of connections is limited, a new connection replaces the oldest one, and
/// each has a time limit and a limited header. It reads no files, and keeps nothing from one request to the
/// next.
final class PageListener: Sendable {
  private let socket: ListeningSocket
  private let page = SystemMutex<Page>({ _ in nil })
  private let readiness: Readiness
  private let thread: EventThread
  /// Used only by the thread.
  private let connections = SystemMutex<(open: [Int: HTTPConnection], next: Int)>(([:], 1))

  /// The maximum number of connections at a time.
  static let mostConnections = 32
  /// The number of connections that are accepted at one go.
  private static let batch = 64
  /// The maximum time of a connection.
  static let patience = Duration.seconds(5)

  /// Creates the page of a path; returns `nil` if there is no such page.
  typealias Page = @Sendable (_ path: String) -> HTTPResponse?

  /// Creates a listener that does not accept connections yet.
  ///
  /// - Throws: An error if the system has no descriptor left.
  init(_ socket: ListeningSocket) throws(SocketError) {
    self.socket = socket
    readiness = try Readiness()
    thread = try EventThread(waitingFor: readiness)
  }

  /// The address where it listens.
  var address: String { "\(socket.localAddress)" }

  /// Starts serving.
  ///
  /// - Parameter page: Creates the pages, on the listener's thread.
  /// - Throws: An error if the system has no thread or no memory left.
  func start(page: @escaping Page) throws {
    self.page.withLock { $0 = page }
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
    // The listener was not started.
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

  /// Accepts waiting connections, and tries again after a lack of descriptors.
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
      // After a failure, the next tick tries again.
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
    // Open connections have their turn first.
    thread.perform { [self] in self.connections.withLock { accept(&$0) } }
  }

  private func proceed(_ token: Int, _ open: inout [Int: HTTPConnection]) {
    // The connection may have been closed a moment ago.
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

  /// Returns the response to a request.
  private func answer(_ reading: HTTPRequest.Reading) -> [UInt8] {
    guard case .request(let request) = reading else {
      let status = reading == .tooLong ? "431 Request Header Fields Too Large" : "400 Bad Request"
      return HTTPResponse.plain(status).bytes(hasBody: true)
    }
    guard ["GET", "HEAD"].contains(request.method) else {
      return HTTPResponse.plain("405 Method Not Allowed", headers: "Allow: GET, HEAD\r\n")
        .bytes(hasBody: true)
    }
    let page = page.withLock { $0 }
    let response = page(request.path) ?? .plain("404 Not Found")
    return response.bytes(hasBody: request.method == "GET")
  }
}

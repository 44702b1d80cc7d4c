import Foundation
import MilterSystem

/// A daemon that a filter asks, played by the test on one thread, one connection at a time.
final class FakeService: Sendable {
  /// The TCP port on 127.0.0.1; 0 for a Unix socket.
  let port: UInt16
  private let listener: ListeningSocket

  /// Starts listening; `serve` is called for each connection, which is closed when `serve` returns.
  init(
    at socket: String = "inet:0@127.0.0.1",
    _ serve: @escaping @Sendable (ServiceConnection) throws -> Void
  ) throws {
    let listener = try ListeningSocket(SocketSpec(socket))
    self.listener = listener
    port = listener.localAddress.port ?? 0
    Thread.detachNewThread { [weak self] in
      while let self { self.serveNext(serve) }
    }
  }

  private func serveNext(_ serve: (ServiceConnection) throws -> Void) {
    guard let ready = try? Poll.wait(listener.descriptor, .readable, milliseconds: 50),
      !ready.isEmpty, let socket = try? listener.accept()
    else { return }
    try? socket.setReceiveTimeout(milliseconds: 60_000)
    // An error here needs no report: the filter's answers to the MTA show it.
    try? serve(ServiceConnection(socket))
  }
}

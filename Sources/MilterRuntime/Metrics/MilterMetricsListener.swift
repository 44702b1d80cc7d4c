/// A socket on which a server's statistics can be read over HTTP.
///
/// It has two pages, for GET and HEAD: `/metrics` in Prometheus' text format, and `/healthz`, with the status
/// 200, or 503 while the server ends its last messages. They need no password: choose an address that only
/// the monitoring reaches, or a Unix-domain socket.
public struct MilterMetricsListener: Hashable, Sendable {
  /// The socket where it listens, in a form of sockets for MTAs, such as `inet:9464@127.0.0.1`.
  public var socket: String
  /// The label `filter` on every number.
  public var filter: String

  /// Makes a description of a socket; nothing is opened yet.
  public init(socket: String, filter: String) {
    self.socket = socket
    self.filter = filter
  }
}

/// A socket that serves a server's statistics over HTTP.
///
/// It has two pages, for GET and HEAD: `/metrics` in Prometheus' text format, and `/healthz` with the status
/// 200, or 503 while the server ends its last messages. There is no password. Choose an address that only the
/// monitoring can reach, or a Unix-domain socket.
public struct MilterMetricsListener: Hashable, Sendable {
  /// The socket in the notation of sockets for MTAs, such as `inet:9464@127.0.0.1`.
  public var socket: String
  /// The label `filter` of every number.
  public var filter: String

  /// Creates the description of a socket, without opening it.
  public init(socket: String, filter: String) {
    self.socket = socket
    self.filter = filter
  }
}

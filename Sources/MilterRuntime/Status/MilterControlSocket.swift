package import MilterSystem

/// A socket for `milter status`, which asks a running filter for its status.
///
/// It has a separate thread, and answers even if all threads that run callbacks are busy. The answer names
/// clients and queue IDs. So the socket is a Unix-domain socket, and only root and the user who has opened it
/// may connect.
public struct MilterControlSocket: Hashable, Sendable {
  /// The socket: `unix:PATH`.
  public var socket: String
  /// The filter's name in the answer.
  public var filter: String

  /// Creates the description of a socket, without opening it.
  public init(socket: String, filter: String) {
    self.socket = socket
    self.filter = filter
  }

  /// The specification.
  ///
  /// - Throws: An error if the text is not a valid specification, or if it is a port or a descriptor, which may
  ///   be open to all users of the machine.
  package var spec: SocketSpec {
    get throws(SocketError) {
      let spec = try SocketSpec(socket)
      switch spec.target {
      case .unix: return spec
      case .inet:
        throw SocketError(
          .invalidSpec,
          "\(socket): the control socket names clients, and everybody can connect to a port; give "
            + "unix:PATH")
      case .descriptor:
        throw SocketError(
          .invalidSpec,
          "\(socket): the control socket names clients, so the filter opens it itself, for its user alone; give "
            + "unix:PATH")
      }
    }
  }

  /// The options of the listening socket.
  static let options = ListeningSocket.Options(backlog: 32, mode: 0o600)
}

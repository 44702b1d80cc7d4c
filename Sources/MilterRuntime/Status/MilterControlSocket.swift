package import MilterSystem

/// A socket on which `milter status` asks a running filter what it does.
///
/// It answers on a thread of its own, also while all threads that run callbacks are taken. The answer names
/// clients and queue IDs. So the socket is a Unix-domain socket, and only the user who has opened it, and
/// root, may connect.
public struct MilterControlSocket: Hashable, Sendable {
  /// Where it listens: `unix:PATH`.
  public var socket: String
  /// The filter's name in the answer.
  public var filter: String

  /// Makes a description of a socket; nothing is opened yet.
  public init(socket: String, filter: String) {
    self.socket = socket
    self.filter = filter
  }

  /// The specification.
  ///
  /// - Throws: if the text is not a valid specification, or specifies a port or a descriptor, which may be open to all users of
  ///   the machine.
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

  /// How it listens.
  static let options = ListeningSocket.Options(backlog: 32, mode: 0o600)
}

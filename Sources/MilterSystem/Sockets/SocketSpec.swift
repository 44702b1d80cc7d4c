/// The socket to listen on or to connect to, in libmilter's or Postfix's notation.
///
/// | Text | Meaning |
/// |---|---|
/// | `inet:8891@127.0.0.1`, `inet6:8891@[::1]` | a port of one address or host |
/// | `inet:8891`, `inet6:8891` | the port on all interfaces |
/// | `inet:127.0.0.1:8891`, `inet:[::1]:8891` | the same in Postfix's notation |
/// | `unix:/path`, `local:/path`, `:/path`, `/path` | a Unix socket |
/// | `fd:3` | a listening socket that was open when the program started |
///
/// A port is a number or the name of a service; port 0 is any free port. The scheme is not case-sensitive.
/// Reading a specification makes no lookup: hosts and services are resolved when the socket is opened.
///
/// The corresponding libmilter function is `smfi_setconn`.
public struct SocketSpec: Hashable, Sendable {
  /// The socket of the specification.
  package let target: Target

  /// Reads a specification.
  ///
  /// Unlike libmilter, this initializer refuses meaningless text, such as `unix:` without a path, a port with
  /// digits and letters, or a space at the end.
  ///
  /// - Parameter text: The specification, in one of the notations above.
  /// - Throws: ``SocketError`` with the code `invalidSpec`; its message names the specification, the invalid
  ///   part, and the correction.
  public init(_ text: String) throws(SocketError) {
    target = try SocketSpecParser(text: text).parse()
  }

  /// Creates a specification from its parts.
  ///
  /// - Parameter target: The socket, which is not checked.
  package init(target: Target) {
    self.target = target
  }
}

extension SocketSpec {
  /// A warning about listening on all interfaces; `nil` for any other socket.
  package var listeningWarning: String? {
    guard case .inet(let family, nil, _) = target else { return nil }
    let host = family == .inet6 ? "[::1]" : "127.0.0.1"
    return
      "\(self) listens on all interfaces: every host that reaches the port can use it; to listen on "
      + "this machine only, write \(self)@\(host)"
  }

  /// The socket of a specification.
  package enum Target: Hashable, Sendable {
    /// A port of a host, or of all interfaces.
    case inet(Family, host: String?, port: Port)
    /// The path of a Unix-domain socket.
    case unix(path: String)
    /// An open descriptor.
    case descriptor(Int32)
  }

  /// A family of internet addresses.
  package enum Family: String, Hashable, Sendable {
    /// IPv4.
    case inet
    /// IPv6.
    case inet6
  }

  /// A port as it was written.
  package enum Port: Hashable, Sendable, CustomStringConvertible {
    /// The number of the port; 0 is any free port.
    case number(UInt16)
    /// The name of a service, which is not looked up yet.
    case service(String)

    /// The number or the name.
    package var description: String {
      switch self {
      case .number(let number): String(number)
      case .service(let name): name
      }
    }
  }
}

extension SocketSpec: CustomStringConvertible {
  /// The specification in libmilter's notation, even if it was read in another one.
  public var description: String {
    switch target {
    case .inet(let family, nil, let port): "\(family.rawValue):\(port)"
    case .inet(let family, let host?, let port):
      host.utf8.contains(UInt8(ascii: ":"))
        ? "\(family.rawValue):\(port)@[\(host)]" : "\(family.rawValue):\(port)@\(host)"
    case .unix(let path): "unix:\(path)"
    case .descriptor(let number): "fd:\(number)"
    }
  }
}

/// The address of a client; clients with unknown addresses have none.
///
/// The corresponding libmilter type is `_SOCK_ADDR`.
public enum MilterAddress: Hashable, Sendable {
  /// An IPv4 client: its address in dotted-decimal form, and its port; 0 if the MTA does not send the port.
  case inet(address: String, port: UInt16)
  /// An IPv6 client: its address in RFC 5952 form, without `IPv6:`, and its port.
  case inet6(address: String, port: UInt16)
  /// A client on a Unix-domain socket: the socket's path.
  case unix(path: String)

  /// The address or path as text.
  public var text: String {
    switch self {
    case .inet(let address, _), .inet6(let address, _): address
    case .unix(let path): path
    }
  }

  /// The client's port; `nil` for a Unix-domain client.
  public var port: UInt16? {
    switch self {
    case .inet(_, let port), .inet6(_, let port): port
    case .unix: nil
    }
  }
}

extension MilterAddress: CustomStringConvertible {
  /// The address and port as text: `192.0.2.7:25`, `[2001:db8::1]:25`, or a path.
  public var description: String {
    switch self {
    case .inet(let address, let port): "\(address):\(port)"
    case .inet6(let address, let port): "[\(address)]:\(port)"
    case .unix(let path): path
    }
  }
}

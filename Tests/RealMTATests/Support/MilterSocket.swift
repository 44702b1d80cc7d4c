/// Where a filter listens, in each spelling there is for it.
enum MilterSocket: Equatable {
  /// A TCP port on 127.0.0.1.
  case inet(port: UInt16)
  /// A Unix socket, below an `InstanceDirectory`. Postfix connects as user `postfix`, so the socket
  /// has to be writable for it.
  case unix(path: String)

  /// Postfix's spelling.
  var postfixSpec: String {
    switch self {
    case .inet(let port): "inet:127.0.0.1:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Sendmail's spelling, which is libmilter's too, and ours.
  var spec: String {
    switch self {
    case .inet(let port): "inet:\(port)@127.0.0.1"
    case .unix(let path): "unix:\(path)"
    }
  }
}

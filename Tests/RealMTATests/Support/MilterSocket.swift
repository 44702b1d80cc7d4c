/// Where a filter listens.
enum MilterSocket: Equatable {
  /// A TCP port on 127.0.0.1.
  case inet(port: UInt16)
  /// A Unix socket, below an `InstanceDirectory`. Postfix connects as user `postfix`, so the socket
  /// has to be writable for it.
  case unix(path: String)

  /// libmilter's notation, which is also ours.
  var spec: String {
    switch self {
    case .inet(let port): "inet:\(port)@127.0.0.1"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// The kind of socket on which an MTA is fastest.
  ///
  /// Sendmail writes each packet in two pieces, which Nagle's algorithm keeps 40 ms apart on TCP.
  static func fastest(for kind: RealMTA.Kind, in directory: InstanceDirectory) -> MilterSocket {
    kind == .sendmail ? .unix(path: directory.path(of: "filter.sock")) : .inet(port: 0)
  }
}

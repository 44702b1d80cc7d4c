/// The socket of a filter.
enum MilterSocket: Equatable {
  /// A TCP port on 127.0.0.1.
  case inet(port: UInt16)
  /// A Unix-domain socket below an `InstanceDirectory`.
  ///
  /// Postfix connects as the user `postfix`, so the socket must be writable for this user.
  case unix(path: String)

  /// The socket in the notation of libmilter and MilterKit.
  var spec: String {
    switch self {
    case .inet(let port): "inet:\(port)@127.0.0.1"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Returns a socket of the kind that is fastest for an MTA.
  ///
  /// Sendmail writes each packet in two parts. On TCP, Nagle's algorithm delays the second part by 40 ms.
  static func fastest(for kind: RealMTA.Kind, in directory: InstanceDirectory) -> MilterSocket {
    kind == .sendmail ? .unix(path: directory.path(of: "filter.sock")) : .inet(port: 0)
  }
}

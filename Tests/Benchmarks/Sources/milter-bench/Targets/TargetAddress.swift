/// The address that a target listens on.
enum TargetAddress {
  case unix(path: String)
  case tcp(port: UInt16)

  /// The address as a milter's socket specification.
  var spec: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let port): "inet:\(port)@127.0.0.1"
    }
  }
}

import MilterCommandLine
package import MilterSystem

/// A filter's socket in the notations of both MTAs.
package struct MTASocket: Hashable, Sendable {
  package let target: SocketSpec.Target

  /// Reads a specification in either notation.
  ///
  /// - Throws: `SocketError`, or `UsageError` for a descriptor, which no MTA can name.
  package init(_ text: String) throws {
    let spec = try SocketSpec(text)
    if case .descriptor = spec.target {
      throw UsageError("\(text): an MTA cannot connect to a descriptor; name the socket behind it")
    }
    target = spec.target
  }

  /// The path of a Unix-domain socket; `nil` for any other socket.
  package var path: String? {
    if case .unix(let path) = target { return path }
    return nil
  }

  /// As `smtpd_milters` has it; a host that was left out is the machine itself.
  ///
  /// - Parameter queueDirectory: a socket below it is named from there on, which is right for
  ///   Postfix daemons in the chroot and outside of it.
  /// - Returns: the notation.
  package func postfix(queueDirectory: String) -> String {
    switch target {
    case .inet(let family, let host, let port):
      // inet is both families to Postfix; brackets mark an address, so that Postfix looks up no name.
      let host = host ?? (family == .inet ? "127.0.0.1" : "::1")
      return host.contains(":") ? "inet:[\(host)]:\(port)" : "inet:\(host):\(port)"
    case .unix(let path):
      let root = queueDirectory.hasSuffix("/") ? queueDirectory : queueDirectory + "/"
      return "unix:" + (path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path)
    case .descriptor(let number): return "fd:\(number)"
    }
  }

  /// As `S=` has it in Sendmail's configuration.
  ///
  /// The address is without brackets: Sendmail 8.17 does not connect to those with them.
  package var sendmail: String {
    guard case .inet(let family, let host, let port) = target else {
      return "\(SocketSpec(target: target))"
    }
    return "\(family.rawValue):\(port)@\(host ?? (family == .inet ? "127.0.0.1" : "::1"))"
  }
}

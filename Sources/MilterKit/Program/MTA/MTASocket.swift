package import MilterSystem

/// A filter's socket in the notations of both MTAs.
package struct MTASocket: Hashable, Sendable {
  package let target: SocketSpec.Target

  /// Reads a specification in either notation.
  ///
  /// - Throws: `SocketError`, also for a descriptor, which an MTA cannot use.
  package init(_ text: String) throws(SocketError) {
    let spec = try SocketSpec(text)
    if case .descriptor = spec.target {
      throw SocketError(
        .invalidSpec, "\(text): an MTA cannot connect to a descriptor; name the socket behind it")
    }
    target = spec.target
  }

  /// The path of a Unix-domain socket; `nil` for any other socket.
  package var path: String? {
    if case .unix(let path) = target { return path }
    return nil
  }

  /// Returns the socket in the notation of `smtpd_milters`; the default host is the local one.
  ///
  /// - Parameter queueDirectory: If the socket is below it, the path is relative to it. This is right for
  ///   Postfix daemons inside and outside of a chroot.
  /// - Returns: The notation.
  package func postfix(queueDirectory: String) -> String {
    switch target {
    case .inet(let family, let host, let port):
      // To Postfix, `inet` means both address families. Brackets mark an address, so that Postfix does not look
      // up a name.
      let host = host ?? (family == .inet ? "127.0.0.1" : "::1")
      return host.contains(":") ? "inet:[\(host)]:\(port)" : "inet:\(host):\(port)"
    case .unix(let path):
      let root = queueDirectory.hasSuffix("/") ? queueDirectory : queueDirectory + "/"
      return "unix:" + (path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path)
    case .descriptor(let number): return "fd:\(number)"
    }
  }

  /// The socket in the notation of `S=` in Sendmail's configuration.
  ///
  /// The address has no brackets, because Sendmail 8.17 does not connect to an address with brackets.
  package var sendmail: String {
    guard case .inet(let family, let host, let port) = target else {
      return "\(SocketSpec(target: target))"
    }
    return "\(family.rawValue):\(port)@\(host ?? (family == .inet ? "127.0.0.1" : "::1"))"
  }
}

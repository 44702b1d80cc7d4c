extension ListeningSocket {
  /// The options of a listening socket.
  package struct Options: Hashable, Sendable {
    /// The maximum number of connections that wait to be accepted; the system has its own limit.
    ///
    /// The corresponding libmilter function is `smfi_setbacklog`.
    package var backlog: Int32

    /// The exact permissions of a Unix-domain socket, such as `0o660`; `nil` for those of the umask, or for
    /// `0o660` if there is a group.
    ///
    /// A process needs write permission to connect.
    package var mode: UInt16?

    /// The group of a Unix-domain socket, by name or number; `nil` for the system's default.
    package var group: String?

    /// Creates options.
    ///
    /// - Parameters:
    ///   - backlog: The maximum number of connections that wait to be accepted.
    ///   - mode: The permissions of a Unix-domain socket.
    ///   - group: The group of a Unix-domain socket.
    package init(backlog: Int32 = 128, mode: UInt16? = nil, group: String? = nil) {
      self.backlog = backlog
      self.mode = mode
      self.group = group
    }
  }
}

extension ListeningSocket {
  /// How to listen.
  package struct Options: Hashable, Sendable {
    /// How many connections may wait to be accepted; the system has a limit of its own.
    ///
    /// The corresponding libmilter function is `smfi_setbacklog`.
    package var backlog: Int32

    /// The permissions of a Unix socket, exactly, such as `0o660`; nil leaves them to the umask,
    /// or is `0o660` if there is a group.
    ///
    /// A process that connects needs write permission.
    package var mode: UInt16?

    /// The group of a Unix socket, by name or number; nil leaves it to the system.
    package var group: String?

    /// Makes options.
    ///
    /// - Parameters:
    ///   - backlog: How many connections may wait to be accepted.
    ///   - mode: The permissions of a Unix socket.
    ///   - group: The group of a Unix socket.
    package init(backlog: Int32 = 128, mode: UInt16? = nil, group: String? = nil) {
      self.backlog = backlog
      self.mode = mode
      self.group = group
    }
  }
}

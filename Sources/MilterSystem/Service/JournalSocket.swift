import MilterPlatform

/// The socket of systemd's journal, and the fields of an entry.
///
/// An entry is a datagram, as described in systemd's page "Native Journal Protocol". No library of systemd is
/// used.
package struct JournalSocket: Sendable {
  /// The path on which journald listens.
  package static let standardPath = "/run/systemd/journal/socket"

  private let address: SocketAddress
  /// Opened once, so that it is available even if no descriptors are left.
  private let socket: Socket

  /// Connects to the journal.
  ///
  /// - Parameter path: The path on which it listens.
  /// - Throws: ``SocketError`` if the path is too long, or if no descriptor is left.
  package init(_ path: String = standardPath) throws(SocketError) {
    address = try SocketAddress(path: path)
    do throws(Errno) {
      socket = Socket(owning: try Syscalls.newDatagramSocket())
    } catch {
      throw .system("cannot create a socket for the journal", error)
    }
  }

  /// Whether a descriptor is a stream that the service manager has connected to the journal.
  ///
  /// - Parameters:
  ///   - stream: The value of JOURNAL_STREAM: the device and the inode number, as described in systemd.exec(5).
  ///   - descriptor: The descriptor; standard error by default.
  /// - Returns: Whether it is; `false` without JOURNAL_STREAM.
  package static func isConnected(
    _ stream: String?, descriptor: Int32 = STDERR_FILENO
  ) -> Bool {
    guard let parts = stream?.split(separator: ":"), parts.count == 2 else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return UInt64(parts[0]) == UInt64(status.st_dev) && UInt64(parts[1]) == UInt64(status.st_ino)
  }

  /// Writes an entry, without waiting.
  ///
  /// - Parameter fields: Names and values in order; values must not contain line ends.
  /// - Throws: ``SocketError`` if the journal is not running, the queue is full, or the entry is too large.
  package func write(_ fields: [(name: String, value: String)]) throws(SocketError) {
    let text = fields.map { "\($0.name)=\($0.value)\n" }.joined()
    do throws(Errno) {
      try Syscalls.transmit(socket.descriptor, datagram: text, to: address)
    } catch {
      throw .system("cannot write to the journal", error)
    }
  }
}

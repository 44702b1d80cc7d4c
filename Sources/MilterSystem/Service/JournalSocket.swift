import MilterPlatform

/// The socket of systemd's journal, and the fields of an entry.
///
/// An entry is a datagram, as systemd's page "Native Journal Protocol" describes it; no library of
/// systemd's is used.
package struct JournalSocket: Sendable {
  /// The path where journald listens.
  package static let standardPath = "/run/systemd/journal/socket"

  private let address: SocketAddress
  /// Opened once, so that there is one also when descriptors have run out.
  private let socket: Socket

  /// Finds the journal.
  ///
  /// - Parameter path: Where it listens.
  /// - Throws: ``SocketError`` if the path is too long, or if there is no descriptor left.
  package init(_ path: String = standardPath) throws(SocketError) {
    address = try SocketAddress(path: path)
    do throws(Errno) {
      socket = Socket(owning: try Syscalls.newDatagramSocket())
    } catch {
      throw .system("cannot make a socket for the journal", error)
    }
  }

  /// Whether a descriptor is a stream that the service manager connected to the journal.
  ///
  /// - Parameters:
  ///   - stream: The value of JOURNAL_STREAM: the device and the inode number, as systemd.exec(5) has it.
  ///   - descriptor: The descriptor; standard error by default.
  /// - Returns: Whether it is; false without JOURNAL_STREAM.
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
  /// - Parameter fields: Names and values, in their order; no value has a line end.
  /// - Throws: ``SocketError`` if nobody listens, if the queue is full, or if the entry is too large.
  package func write(_ fields: [(name: String, value: String)]) throws(SocketError) {
    let text = fields.map { "\($0.name)=\($0.value)\n" }.joined()
    do throws(Errno) {
      try Syscalls.transmit(socket.descriptor, datagram: text, to: address)
    } catch {
      throw .system("cannot write to the journal", error)
    }
  }
}

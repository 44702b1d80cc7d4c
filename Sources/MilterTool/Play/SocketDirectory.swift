import MilterSystem

/// A private directory for the socket of a filter that is started.
struct SocketDirectory: Sendable {
  let path: String

  /// Creates the directory.
  init() throws(FileError) { path = try Directory.makeTemporary("/tmp/milter") }

  /// Removes the directory with the files of the filter, such as its socket or a lock.
  func remove() { Directory.remove(path) }
}

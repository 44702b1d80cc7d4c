import MilterSystem

/// A directory of our own for the socket of a filter that is started.
struct SocketDirectory: Sendable {
  let path: String

  /// Makes the directory.
  init() throws(FileError) { path = try Directory.makeTemporary("/tmp/milter") }

  /// Removes the directory and what the filter has left in it: its socket, perhaps a lock.
  func remove() { Directory.remove(path) }
}

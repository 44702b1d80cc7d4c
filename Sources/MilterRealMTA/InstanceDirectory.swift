import MilterProcesses
package import MilterSystem

/// A directory that exists as long as this object, in a place that both MTAs trust.
///
/// Sendmail refuses a milter socket, a configuration, or a queue below a directory that all users may write to,
/// such as the system's temporary directories.
package final class InstanceDirectory {
  /// The absolute path.
  package let path: String
  /// The ports of the servers with files in this directory.
  private let ports = ReservedPorts()

  /// Creates a new, empty directory that all users may enter, and only this user may write to.
  package init() throws(FileError) {
    path = try Directory.makeTemporary("/run/swift-milter-tests")
    try? FileAttributes.setMode(0o755, of: path)
  }

  deinit {
    remove()
  }

  /// Deletes the directory and its contents; has no effect if it does not exist.
  package func remove() {
    Directory.remove(path)
  }

  /// Returns a port of 127.0.0.1 for a server with files in this directory, which is reserved while this object
  /// exists.
  package func reservePort() throws -> UInt16 { try ports.reserve() }

  /// Returns the path of a name in this directory.
  package func path(of name: String) -> String {
    "\(path)/\(name)"
  }

  /// Creates a directory in this one, with an owner and a group.
  package func makeDirectory(
    _ name: String, mode: UInt32 = 0o755, owner: UInt32 = 0, group: UInt32 = 0
  ) throws(FileError) {
    try Directory.make(path(of: name), mode: mode, owner: owner, group: group)
  }

  /// Writes a text file into this directory that only this user may change.
  @discardableResult
  package func write(_ text: String, to name: String) throws(FileError) -> String {
    let path = path(of: name)
    try FileContents.write(Array(text.utf8), to: path)
    // Postfix waits two seconds after a change of a configuration file, so the file is made older.
    try FileAttributes.setMode(0o644, of: path)
    try FileAttributes.setAge(seconds: 60, of: path)
    return path
  }

  /// Returns the bytes of a file in this directory.
  package func read(_ name: String) throws(FileError) -> [UInt8] {
    try FileContents.read(path(of: name))
  }
}

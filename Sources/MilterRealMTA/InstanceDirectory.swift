import Foundation
import MilterProcesses
import MilterSystem

/// A directory that lives as long as this object, in a place both MTAs trust.
///
/// Sendmail refuses a milter socket, a configuration or a queue below a directory that anyone may
/// write to, which rules out the system's temporary directories.
package final class InstanceDirectory {
  /// The absolute path.
  package let path: String
  /// The ports of the servers that have their files here.
  private var ports: [ReservedPort] = []

  /// Makes a new, empty directory that everyone may enter and only we may write to.
  package init() throws {
    path = try Directory.makeTemporary("/run/swift-milter-tests")
    try? FileAttributes.setMode(0o755, of: path)
  }

  deinit {
    remove()
  }

  /// Deletes the directory with all it holds; harmless when it is gone already.
  package func remove() {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A port of 127.0.0.1 for a server that has its files here, reserved until this object goes.
  package func reservePort() throws -> UInt16 {
    let port = try ReservedPort()
    ports.append(port)
    return port.number
  }

  /// The path of something in this directory.
  package func path(of name: String) -> String {
    "\(path)/\(name)"
  }

  /// Makes a directory in this one and hands it to a user and a group.
  package func makeDirectory(
    _ name: String, mode: UInt32 = 0o755, owner: UInt32 = 0, group: UInt32 = 0
  ) throws {
    try Directory.make(path(of: name), mode: mode, owner: owner, group: group)
  }

  /// Writes a text file into this directory, which nobody but us may change.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    let path = path(of: name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    // Postfix waits two seconds for a configuration file that is new to settle, so make it old.
    try FileAttributes.setMode(0o644, of: path)
    try FileAttributes.setAge(seconds: 60, of: path)
    return path
  }

  /// The bytes of a file in this directory.
  package func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(of: name))))
  }
}

import Foundation
import Glibc
import MilterSystem

/// A new directory with a short name, which is removed with its contents.
package final class ScratchDirectory: Sendable {
  /// The absolute path.
  package let path: String
  /// The ports of the servers with files in this directory.
  private let ports = ReservedPorts()

  /// Creates a new, empty directory that every user may enter and only this user may write to.
  package init() throws {
    // The path of a Unix socket must be short, but that of the temporary directory may be long.
    path = try Directory.makeTemporary("/tmp/swift-milter")
    chmod(path, 0o755)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Reserves a port for a server with files in this directory, as long as this object exists.
  ///
  /// - Parameter host: The address.
  /// - Returns: The number of the port.
  /// - Throws: An error if this machine does not have the address, or the address has no port left.
  package func reservePort(on host: String = "127.0.0.1") throws -> UInt16 {
    try ports.reserve(on: host)
  }

  /// Returns the path of a name in the directory.
  package func path(of name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, creates missing directories, and returns the file's path.
  @discardableResult
  package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    let url = URL(filePath: path(of: name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// Writes a text and returns its path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }

  /// Returns the bytes of a file.
  package func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(of: name))))
  }

  /// Returns the text of a file.
  package func text(_ name: String) throws -> String {
    String(decoding: try read(name), as: UTF8.self)
  }

  /// Returns the sorted names in a folder, by default in the directory itself.
  package func names(in folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(of: folder)).sorted()
  }
}

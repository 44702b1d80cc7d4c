import Foundation

/// A new folder with a short name.
///
/// It is removed with its contents when this object is released.
public final class ScratchFolder: Sendable {
  /// The absolute path.
  public let path: String

  /// Creates a folder.
  public init() throws {
    // The path of a socket must be short, and that of the temporary directory may be long.
    var template = Array("/tmp/milter-cluster.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FixtureError("mkdtemp: \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder.
  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, and returns its path.
  public func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: path(of: name), atomically: false, encoding: .utf8)
    return path(of: name)
  }
}

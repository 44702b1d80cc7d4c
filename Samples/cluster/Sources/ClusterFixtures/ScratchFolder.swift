import Foundation

/// A folder of its own with a short name, removed with everything in it.
public final class ScratchFolder: Sendable {
  /// The absolute path.
  public let path: String

  /// Makes a folder.
  public init() throws {
    // The paths of sockets are short; a temporary directory's may be long.
    var template = Array("/tmp/milter-cluster.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FixtureError("mkdtemp: \(errno)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in the folder.
  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, and returns its path.
  public func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: path(of: name), atomically: false, encoding: .utf8)
    return path(of: name)
  }
}

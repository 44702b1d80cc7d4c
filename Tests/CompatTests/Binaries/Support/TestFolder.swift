import Foundation
import Glibc

/// A directory that lives as long as this object.
final class TestFolder: Sendable {
  /// The absolute path.
  let path: String

  /// Makes a new, empty directory that everyone may enter and only we may write to.
  init() throws {
    var template = Array("/tmp/swift-milter-compat.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CompatError.system("mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(path, 0o755)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of something in this directory.
  func path(of name: String) -> String {
    "\(path)/\(name)"
  }

  /// Writes a text file that only we may read, and returns its path.
  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let path = path(of: name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    guard chmod(path, 0o600) == 0 else { throw CompatError.system("chmod \(path)") }
    return path
  }

  /// The text of a file in this directory; empty when there is none.
  func read(_ name: String) -> String {
    String(
      decoding: FileManager.default.contents(atPath: path(of: name)) ?? Data(), as: UTF8.self)
  }
}

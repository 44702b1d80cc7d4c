import Foundation
import Glibc

/// A directory of its own with a short name, removed with everything in it.
final class Scratch: Sendable {
  let path: String

  init() throws {
    // The paths of sockets are short; a temporary directory's may be long.
    var template = Array("/tmp/smdiff.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestError.system("mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func path(of name: String) -> String { "\(path)/\(name)" }
}

/// A file that we hold open.
final class ScratchFile: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw TestError.system(path) }
  }

  deinit { close(descriptor) }

  /// Puts `text` in the place of what is in the file.
  func replace(with text: String) throws {
    let bytes = Array(text.utf8)
    guard ftruncate(descriptor, 0) == 0 else { throw TestError.system("ftruncate \(path)") }
    if bytes.isEmpty { return }
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw TestError.system("pwrite \(path)")
    }
  }

  /// All that is in the file.
  func contents() throws -> [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(descriptor, &bytes, size, 0)
    guard count >= 0 else { throw TestError.system("pread \(path)") }
    return Array(bytes.prefix(count))
  }
}

import Glibc
import MilterProcessFixtures

/// A file that is kept open.
final class HeldFile: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HarnessError.system(path) }
  }

  deinit { close(descriptor) }

  /// Replaces the file's contents with `text`.
  func replace(with text: String) throws {
    let bytes = Array(text.utf8)
    guard ftruncate(descriptor, 0) == 0 else { throw HarnessError.system("ftruncate \(path)") }
    if bytes.isEmpty { return }
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw HarnessError.system("pwrite \(path)")
    }
  }

  /// Returns the file's contents.
  func contents() throws -> [UInt8] {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: size)
    let count = pread(descriptor, &bytes, size, 0)
    guard count >= 0 else { throw HarnessError.system("pread \(path)") }
    return Array(bytes.prefix(count))
  }
}

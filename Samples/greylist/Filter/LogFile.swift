import MilterPlatform

/// A file that is only appended to.
final class LogFile: Sendable {
  struct Failure: Error, CustomStringConvertible { let description: String }
  private let path: String
  private let file: Int32

  init(_ path: String, isNew: Bool = false) throws {
    self.path = path
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_TRUNC : 0)
    file = open(path, flags, 0o600)
    try check(file >= 0, "open")
  }

  deinit {
    // Else a program that is being started at this moment would hold on to the lock.
    flock(file, LOCK_UN)
    close(file)
  }

  /// The seconds since 1970.
  static func now() -> Int { time(nil) }
  func lock() throws { try check(flock(file, LOCK_EX | LOCK_NB) == 0, "another process has") }
  func sync() throws { try check(fsync(file) == 0, "fsync") }
  func take(name: String) throws { try check(rename(path, name) == 0, "rename") }

  func append(_ bytes: [UInt8]) throws {
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    try check(count == bytes.count, "write")
  }

  func bytes() throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, Int(lseek(file, 0, SEEK_END))))
    try check(pread(file, &bytes, bytes.count, 0) == bytes.count, "read")
    return bytes
  }

  private func check(_ isDone: Bool, _ call: String) throws {
    let reason = String(cString: strerror(errno))
    guard isDone else { throw Failure(description: "\(call) \(path): \(reason)") }
  }
}

import Foundation

/// A file to which the filter only appends.
final class LogFile: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let path: String
  private let file: Int32

  /// Opens a file, or creates it.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - isNew: Whether to remove what the file contains.
  /// - Throws: ``Failure`` if the file cannot be opened.
  init(_ path: String, isNew: Bool = false) throws {
    self.path = path
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (isNew ? O_TRUNC : 0)
    file = open(path, flags, 0o600)
    try require(file >= 0, "open")
  }

  deinit {
    // Closing is not enough: a child process that is being started may still have the file open, and would keep
    // the lock.
    flock(file, LOCK_UN)
    close(file)
  }

  /// The seconds since 1970.
  static func now() -> Int { time(nil) }

  /// Locks the file for this process until it is closed.
  func lock() throws {
    try require(flock(file, LOCK_EX | LOCK_NB) == 0, "another process has")
  }

  /// Waits until the file's contents are on the disk.
  func sync() throws {
    try require(fsync(file) == 0, "fsync")
  }

  /// Replaces another file with this one.
  func replace(_ other: String) throws {
    try require(rename(path, other) == 0, "rename")
  }

  /// Writes bytes at the end of the file.
  func append(_ bytes: [UInt8]) throws {
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    try require(count == bytes.count, "write")
  }

  /// Reads the whole file.
  func bytes() throws -> [UInt8] {
    let size = max(0, Int(lseek(file, 0, SEEK_END)))
    var bytes = [UInt8](repeating: 0, count: size)
    try require(pread(file, &bytes, size, 0) == size, "read")
    return bytes
  }

  /// Throws an error with the system's reason if a call has failed.
  private func require(_ hasSucceeded: Bool, _ call: String) throws {
    let reason = String(cString: strerror(errno))
    guard hasSucceeded else { throw Failure(description: "\(call) \(path): \(reason)") }
  }
}

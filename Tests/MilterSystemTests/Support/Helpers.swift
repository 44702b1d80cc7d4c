import MilterPlatform
import MilterProcessFixtures
import MilterSystem
import Testing

/// Returns the status of the file at a path, or `nil` if there is no file.
func status(of path: String) -> stat? {
  var result = stat()
  return lstat(path, &result) == 0 ? result : nil
}

/// Returns the permissions of the file at a path.
func permissions(of path: String) -> mode_t? { status(of: path).map { $0.st_mode & 0o7777 } }

/// Whether a descriptor is closed on exec.
func isClosedOnExec(_ descriptor: Int32) -> Bool {
  let flags = fcntl(descriptor, F_GETFD)
  return flags != -1 && flags & FD_CLOEXEC != 0
}

/// Whether a descriptor is nonblocking.
func isNonBlocking(_ descriptor: Int32) -> Bool {
  let flags = fcntl(descriptor, F_GETFL)
  return flags != -1 && flags & O_NONBLOCK != 0
}

/// Returns a numeric option of a socket.
func option(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32? {
  var value: Int32 = 0
  var size = socklen_t(MemoryLayout<Int32>.size)
  return getsockopt(descriptor, level, name, &value, &size) == 0 ? value : nil
}

extension ListeningSocket {
  /// Accepts the next connection; a client that has just connected may reach the queue a moment later.
  func acceptNext() throws -> Socket { try poll(for: "a connection") { try accept() } }
}

extension Socket {
  /// Writes a text.
  func write(_ text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try write(all: $0) }
  }

  /// Reads once.
  func readOnce(upTo limit: Int = 64) throws -> (result: ReadResult, text: String) {
    var buffer = [UInt8](repeating: 0, count: limit)
    let result = try buffer.withUnsafeMutableBytes { try read(into: $0) }
    guard case .bytes(let count) = result else { return (result, "") }
    return (result, String(decoding: buffer[..<count], as: UTF8.self))
  }

  /// Reads to the end of the stream.
  func readToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case .bytes(let count) = try buffer.withUnsafeMutableBytes({ try read(into: $0) }) {
      bytes += buffer[..<count]
    }
    return bytes
  }
}

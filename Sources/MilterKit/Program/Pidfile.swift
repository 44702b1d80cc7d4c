import MilterSockets

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file with the process's number, which appears whole or not at all.
struct Pidfile {
  private let path: String

  init(_ path: String) throws {
    self.path = path
    let draft = path + ".\(getpid())"
    try Self.check(draft) {
      guard let file = fopen(draft, "wx") else { return false }
      let isWritten = fputs("\(getpid())\n", file) >= 0
      return fclose(file) == 0 && isWritten
    }
    do {
      try Self.check(path) { rename(draft, path) == 0 }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// Removes the file; one that may not be removed after giving up privileges stays.
  func remove() { unlink(path) }

  private static func check(_ path: String, _ body: () -> Bool) throws {
    guard body() else {
      let reason = Errno(rawValue: errno)
      throw SocketError(
        .systemCall, "cannot write the pidfile \(path): \(reason)", underlying: reason)
    }
  }
}

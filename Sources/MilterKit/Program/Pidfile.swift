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
    unlink(draft)  // what a process left that was killed, and whose number is ours now
    try Self.check(draft) {
      guard let file = fopen(draft, "wxe") else { return false }
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

  /// Removes the file, unless a successor has put its own there.
  ///
  /// One that may not be removed after giving up privileges stays.
  func remove() {
    guard let file = fopen(path, "re") else { return }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), file) != nil, atoi(line) == getpid() else { return }
    unlink(path)
  }

  private static func check(_ path: String, _ body: () -> Bool) throws {
    guard body() else {
      let reason = Errno(rawValue: errno)
      throw SocketError(
        .systemCall, "cannot write the pidfile \(path): \(reason)", underlying: reason)
    }
  }
}

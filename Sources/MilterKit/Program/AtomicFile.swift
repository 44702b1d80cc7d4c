import MilterSockets

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Files that appear whole or not at all.
enum AtomicFile {
  /// Writes a file that everybody may read, in the place of one that is there.
  ///
  /// A draft is written beside it and renamed.
  /// - Throws: why it could not be; what was there before is still there then.
  static func write(_ text: String, to path: String) throws {
    let draft = path + ".\(getpid())"
    // What a process left that was killed, and whose number is ours now.
    unlink(draft)
    do {
      try check(path) {
        guard let file = fopen(draft, "wxe") else { return false }
        let isWritten = fputs(text, file) >= 0 && fchmod(fileno(file), 0o644) == 0
        return fclose(file) == 0 && isWritten
      }
      try check(path) { rename(draft, path) == 0 }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func check(_ path: String, _ body: () -> Bool) throws {
    guard body() else {
      let reason = Errno(rawValue: errno)
      throw SocketError(.systemCall, "cannot write \(path): \(reason)", underlying: reason)
    }
  }
}

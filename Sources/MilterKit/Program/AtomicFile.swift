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
  /// Writes a file, in the place of one that is there.
  ///
  /// A draft is written beside it and renamed.
  /// - Parameters:
  ///   - text: what the file is to hold.
  ///   - path: where.
  ///   - name: what errors call it; nil for its path.
  ///   - mode: who may read it; nil for what the umask leaves.
  /// - Throws: why it could not be; what was there before is still there then.
  static func write(
    _ text: String, to path: String, called name: String? = nil, mode: mode_t? = nil
  ) throws {
    let draft = path + ".\(getpid())"
    // What a process left that was killed, and whose number is ours now.
    unlink(draft)
    do {
      try check(name ?? path) {
        guard let file = fopen(draft, "wxe") else { return false }
        let isWritten =
          fputs(text, file) >= 0 && mode.map { fchmod(fileno(file), $0) == 0 } ?? true
        return fclose(file) == 0 && isWritten
      }
      try check(name ?? path) { rename(draft, path) == 0 }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func check(_ name: String, _ body: () -> Bool) throws {
    guard body() else {
      let reason = Errno(rawValue: errno)
      throw SocketError(.systemCall, "cannot write \(name): \(reason)", underlying: reason)
    }
  }
}

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
    try AtomicFile.write("\(getpid())\n", to: path, called: "the pidfile \(path)")
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
}

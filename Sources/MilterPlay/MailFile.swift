import MilterSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file with messages.
struct MailFile: Hashable, Sendable {
  /// Its path; `-` is standard input.
  let path: String
  /// Its size; 0 where that cannot be known before.
  let size: Int

  /// The files at some paths; directories are searched to the bottom, in the order of names.
  ///
  /// Files whose names begin with a dot are left out, as are those of a Maildir that are still
  /// being written.
  ///
  /// - Throws: `FileError` if one is not there, or a directory cannot be read.
  static func find(_ paths: [String]) throws(FileError) -> [MailFile] {
    var files: [MailFile] = []
    for path in paths {
      if path == "-" {
        files.append(MailFile(path: path, size: 0))
      } else {
        try collect(path, into: &files)
      }
    }
    return files
  }

  private static func collect(_ path: String, into files: inout [MailFile]) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      files.append(MailFile(path: path, size: Int(status.st_size)))
      return
    }
    guard let directory = opendir(path) else { throw failure(path) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    let isMaildir = Set(["cur", "new", "tmp"]).isSubset(of: names)
    let separator = path.hasSuffix("/") ? "" : "/"
    for name in names.sorted() where !(isMaildir && name == "tmp") {
      try collect(path + separator + name, into: &files)
    }
  }

  private static func failure(_ path: String) -> FileError {
    FileError("cannot read \(path)", Errno(rawValue: errno))
  }
}

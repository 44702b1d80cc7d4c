import MilterCommandLine
import MilterPlatform
import MilterSystem

/// Finds the files with messages at some paths.
///
/// Directories are searched to the bottom, in the order of names. Left out are files whose names
/// begin with a dot, and those of a Maildir that are still being written. What is in a directory and
/// cannot be read as a file is left out with a warning: links to nothing, FIFOs, sockets, devices. So
/// are links that lead back to a directory that is being searched.
struct MailSearch: Sendable {
  /// The files that were found, in order.
  private(set) var files: [MailFile] = []
  /// What was left out, for people.
  private(set) var warnings: [String] = []
  /// Whether everything that was asked for was found.
  private(set) var isComplete = true

  /// Finds files.
  ///
  /// - Parameter paths: files, directories, or `-` for standard input.
  /// - Throws: `FileError` if one is not there, or a directory cannot be read.
  mutating func find(_ paths: [FilePath]) throws(FileError) {
    for path in paths {
      if path.text == "-" {
        files.append(MailFile(path: path, size: 0))
        continue
      }
      let before = files.count
      guard let status = Self.status(of: path) else { throw Self.failure(path) }
      guard Self.kind(status) == S_IFDIR else {
        // Whoever names a pipe, as by `<(command)`, means it.
        files.append(MailFile(path: path, size: Int(status.st_size)))
        continue
      }
      try search(path, in: [Identity(status)])
      if files.count == before {
        warnings.append("there are no messages in \(path)")
        isComplete = false
      }
    }
  }

  /// What tells one directory from another, whatever its path is.
  private struct Identity: Equatable {
    let device: dev_t
    let number: ino_t

    init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }
  }

  private mutating func search(
    _ path: FilePath, in directories: [Identity]
  ) throws(FileError) {
    let names = try Self.names(in: path)
    let isMaildir = Set(["cur", "new", "tmp"]).isSubset(of: names.map(\.text))
    for name in names where !(isMaildir && name.text == "tmp") {
      let entry = path.appending(name)
      guard let status = Self.status(of: entry) else {
        warnings.append("\(Self.failure(entry)); it is left out")
        isComplete = false
        continue
      }
      switch Self.kind(status) {
      case S_IFDIR where directories.contains(Identity(status)):
        warnings.append("\(entry) leads back to a directory above it; it is left out")
      case S_IFDIR: try search(entry, in: directories + [Identity(status)])
      case S_IFREG: files.append(MailFile(path: entry, size: Int(status.st_size)))
      default: warnings.append("\(entry) is not a regular file; it is left out")
      }
    }
  }

  private static func names(in path: FilePath) throws(FileError) -> [FilePath] {
    guard let directory = opendir(path.bytes) else {
      throw failure(path)
    }
    defer { closedir(directory) }
    var names: [FilePath] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { FilePath(cString: $0) }
      }
      if name.bytes.first != CChar(bitPattern: UInt8(ascii: ".")) { names.append(name) }
    }
    return names.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }

  private static func status(of path: FilePath) -> stat? {
    var status = stat()
    return stat(path.bytes, &status) == 0
      ? status : nil
  }

  private static func kind(_ status: stat) -> mode_t { status.st_mode & S_IFMT }

  private static func failure(_ path: FilePath) -> FileError {
    FileError("cannot read \(path)", Errno(rawValue: errno))
  }
}

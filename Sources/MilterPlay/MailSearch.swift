import MilterCommandLine
import MilterSystem

/// Finds the files with messages at some paths.
///
/// Directories are searched recursively, in the order of names. Files whose names begin with a dot are ignored,
/// and so are files of a Maildir that are still being written. If an entry of a directory cannot be read as a
/// file, it is left out with a warning: a broken link, a FIFO, a socket, or a device. This is also true for
/// links back to a directory that is being searched.
struct MailSearch: Sendable {
  /// The files that were found, in order.
  private(set) var files: [MailFile] = []
  /// Warnings about files that were left out.
  private(set) var warnings: [String] = []
  /// Whether all given paths were found.
  private(set) var isComplete = true

  /// Finds files.
  ///
  /// - Parameter paths: Files, directories, or `-` for standard input.
  /// - Throws: `FileError` if a path does not exist, or a directory cannot be read.
  mutating func find(_ paths: [FilePath]) throws(FileError) {
    for path in paths {
      if path.text == "-" {
        files.append(MailFile(path: path, size: 0))
        continue
      }
      let before = files.count
      let status = try FileStatus(path)
      guard status.kind == .directory else {
        // A given path is read even if it is a pipe, such as `<(command)`.
        files.append(MailFile(path: path, size: status.size))
        continue
      }
      try search(path, in: [status.identity])
      if files.count == before {
        warnings.append("there are no messages in \(path)")
        isComplete = false
      }
    }
  }

  private mutating func search(
    _ path: FilePath, in directories: [FileStatus.Identity]
  ) throws(FileError) {
    let names = try Directory.names(in: path)
      .filter { $0.bytes.first != CChar(bitPattern: UInt8(ascii: ".")) }
      .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    let isMaildir = Set(["cur", "new", "tmp"]).isSubset(of: names.map(\.text))
    for name in names where !(isMaildir && name.text == "tmp") {
      let entry = path.appending(name)
      let status: FileStatus
      do throws(FileError) {
        status = try FileStatus(entry)
      } catch {
        warnings.append("\(error); it is left out")
        isComplete = false
        continue
      }
      switch status.kind {
      case .directory where directories.contains(status.identity):
        warnings.append("\(entry) leads back to a directory above it; it is left out")
      case .directory: try search(entry, in: directories + [status.identity])
      case .file: files.append(MailFile(path: entry, size: status.size))
      case .socket, .other: warnings.append("\(entry) is not a regular file; it is left out")
      }
    }
  }
}

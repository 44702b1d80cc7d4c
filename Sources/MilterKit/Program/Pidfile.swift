import MilterSystem

/// A file with the process ID, which is written as a whole.
struct Pidfile {
  private let file: ReplacedFile
  private let written: ReplacedFile.Written

  /// Writes the file.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - user: The user that the process will become. The method replaces a file of this user, the current
  ///     user, or root, and no other file.
  /// - Throws: `FileError`, also if the path exists and is not a regular file.
  init(_ path: String, user: UInt32? = nil) throws(FileError) {
    file = try ReplacedFile(path, called: "the pidfile \(path)")
    let owners = Set([0, ThisProcess.effectiveUser] + (user.map { [$0] } ?? []))
    written = try file.write(Self.text, owners: owners)
  }

  private static var text: String { "\(ThisProcess.number)\n" }

  /// Removes the file, unless a successor has replaced it.
  ///
  /// If the process may not remove the file after giving up its privileges, it empties the file.
  func remove() { file.remove(written, ifItHolds: Self.text) }
}

import MilterSystem

/// A file with the process ID, which appears whole or not at all.
struct Pidfile {
  private let file: ReplacedFile
  private let written: ReplacedFile.Written

  /// Writes the file.
  ///
  /// - Parameters:
  ///   - path: where.
  ///   - user: the user that the process is about to become. A file of this one, of the present
  ///     user or of root is replaced, nobody else's.
  /// - Throws: ``SocketError``, also if what lies there is not a regular file.
  init(_ path: String, user: UInt32? = nil) throws {
    file = try ReplacedFile(path, called: "the pidfile \(path)")
    let owners = Set([0, ThisProcess.effectiveUser] + (user.map { [$0] } ?? []))
    written = try file.write(Self.text, owners: owners)
  }

  private static var text: String { "\(ThisProcess.number)\n" }

  /// Removes the file, unless a successor has put its own there.
  ///
  /// A process that may not remove it after giving up privileges empties it.
  func remove() { file.remove(written, ifItHolds: Self.text) }
}

import MilterCommandLine

extension MilterNetworks {
  /// Reads a list from a file.
  ///
  /// - Parameter path: the file's path.
  /// - Throws: `InvalidNetwork` for an entry that cannot be read, or an error that names the file and
  ///   the reason if it cannot be read.
  public init(contentsOf path: String) throws {
    try self.init(String(decoding: FileContents.read(path), as: UTF8.self))
  }
}

import MilterSystem

extension MilterNetworks {
  /// Reads a list from a file.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `InvalidNetwork` for an invalid entry, `FileError` if the file cannot be read.
  public init(contentsOf path: String) throws {
    try self.init(String(decoding: FileContents.read(path), as: UTF8.self))
  }
}

import MilterPlatform

/// The files of programs: of the one that this process runs, and of others.
package enum ProgramFile {
  /// The absolute path of the program that this process runs; must be read before the file is replaced.
  ///
  /// - Throws: ``FileError`` if the system does not know the path.
  package static func path() throws(FileError) -> String {
    #if canImport(Darwin)
      var size: UInt32 = 0
      _NSGetExecutablePath(nil, &size)
      var buffer = [CChar](repeating: 0, count: Int(size) + 1)
      guard _NSGetExecutablePath(&buffer, &size) == 0, let path = realpath(buffer, nil) else {
        throw FileError("cannot find the program's file", .current)
      }
    #else
      guard let path = realpath("/proc/self/exe", nil) else {
        throw FileError("cannot find the program's file through /proc/self/exe", .current)
      }
    #endif
    defer { free(path) }
    return String(cString: path)
  }

  /// Returns the path of the first of these programs that is in `PATH` or another directory; `nil` if none is.
  package static func find(_ names: [String], alsoIn others: [String]) -> String? {
    let path = ThisProcess.variable("PATH") ?? ""
    let directories = path.split(separator: ":").map(String.init) + others
    return names.lazy.flatMap { name in directories.map { "\($0)/\(name)" } }
      .first { FilePath($0).isExecutable }
  }
}

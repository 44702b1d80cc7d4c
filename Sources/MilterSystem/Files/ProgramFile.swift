import MilterPlatform

/// The file of the program that this process runs.
package enum ProgramFile {
  /// Returns the absolute path; must be called before the file is replaced.
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
}

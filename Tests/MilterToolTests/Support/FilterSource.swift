import MilterProcessFixtures

/// The filters in the folder `Filters`, each on another milter library.
enum FilterSource {
  /// A directory for compiled programs and for sockets.
  static let directory = Result { try ScratchDirectory() }

  /// The path of a source.
  static func path(of name: String) -> String {
    "\(BuiltProgram.packageRoot)/Tests/MilterToolTests/Filters/\(name)"
  }

  /// Compiles `NAME.c`, and returns the program's path.
  static func compileC(_ name: String) throws -> String {
    let program = try directory.get().path(of: "\(name)-c")
    try ForeignFilters.compileC(path(of: "\(name).c"), to: program)
    return program
  }

  /// Compiles `NAME.go`, and returns the program's path.
  static func compileGo(_ name: String) throws -> String {
    let folder = try directory.get()
    let program = folder.path(of: "\(name)-go")
    try ForeignFilters.compileGo(
      path(of: "\(name).go"), to: program, cache: folder.path(of: "cache-\(name)"))
    return program
  }
}

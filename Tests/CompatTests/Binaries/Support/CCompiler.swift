import Foundation
import MilterProcessFixtures
import Testing

/// A compiler for C or C++, with the dialect that programs are compiled in.
struct CCompiler: Sendable, CustomTestStringConvertible {
  /// The path of the program.
  let program: String
  /// The options that choose language and standard.
  let dialect: [String]

  /// The compilers of this system: GCC's, and Clang's if it is installed.
  static let all =
    ["gcc", "clang"].compactMap { name in
      Subprocess.find(name).map { CCompiler(program: $0, dialect: ["-x", "c", "-std=c99"]) }
    }
    + ["g++", "clang++"].compactMap { name in
      Subprocess.find(name).map { CCompiler(program: $0, dialect: ["-x", "c++", "-std=c++17"]) }
    }

  /// The name and the standard.
  var testDescription: String {
    "\(program.split(separator: "/").last ?? "") \(dialect.last ?? "")"
  }

  /// Compiles a program of the tests; any warning is an error.
  ///
  /// - Parameters:
  ///   - name: The name of one of the tests' programs without its extension, or a path.
  ///   - library: The library whose headers and file are used.
  ///   - folder: The folder of the compiled program.
  ///   - options: Further options of the compiler.
  /// - Returns: The path of the program.
  /// - Throws: An error with the compiler's messages, also for a warning.
  func compile(
    _ name: String, with library: LibraryUnderTest, in folder: ScratchDirectory,
    _ options: [String] = []
  ) throws -> String {
    let source = name.hasPrefix("/") ? name : LibraryUnderTest.program("\(name).c")
    let path = folder.path(of: "\(URL(filePath: source).lastPathComponent).out")
    try Subprocess.succeed(
      program,
      ["-Wall", "-Wextra", "-Werror", "-o", path] + library.packageConfiguration("--cflags")
        + dialect + options + [source] + library.packageConfiguration("--libs"))
    return path
  }
}

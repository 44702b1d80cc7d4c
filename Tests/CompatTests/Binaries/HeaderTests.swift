import MilterProcessFixtures
import Testing

extension DebianBinaries {
  /// The header file in all C and C++ dialects that filters use.
  @Suite(.requires(.compiler)) struct HeaderTests {
    private static let c = ["c89", "gnu89", "c99", "gnu99", "c11", "c17", "gnu17", "c2x", "gnu2x"]
    private static let cPlusPlus = ["c++11", "gnu++11", "c++14", "c++17", "c++20", "c++2b"]

    /// Each compiler with each of its standards.
    private static let dialects = CCompiler.all.flatMap { compiler in
      (compiler.dialect.contains("c") ? c : cPlusPlus).map { standard in
        CCompiler(
          program: compiler.program, dialect: compiler.dialect.dropLast() + ["-std=\(standard)"])
      }
    }

    @Test(arguments: dialects, [[], ["-DBOOL_BEFORE"], ["-DBOOL_AFTER"]])
    func `It compiles without a warning in every dialect, wherever stdbool.h is included`(
      compiler: CCompiler, bool: [String]
    ) throws {
      try DebianFilter.compiler.check()
      let folder = try ScratchDirectory()
      _ = try compiler.compile(
        "header", with: LibraryUnderTest.current.get(), in: folder,
        ["-pedantic"] + bool)
    }
  }
}

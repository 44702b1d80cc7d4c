import Foundation
import MilterProcessFixtures
import Testing

/// The modules that are linked into a C filter.
///
/// Swift keeps the names of modules with their types, also in stripped programs.
struct ModulesTests {
  private static let needed = ["LibmilterABI", "LibmilterProcess", "MilterCore", "MilterRuntime"]
  private static let foreign = [
    "MilterClient", "MilterCommandLine", "MilterKit", "MilterMTA", "MilterPlay",
  ]

  @Test func `The library contains the runtime, and nothing of the MTA's side or the programs`()
    throws
  {
    try check(LibraryUnderTest.current.get().file)
  }

  @Test func `The same holds for a program that is linked with the library's objects`() throws {
    try check(BuiltProgram.path(of: "doorman-c"))
  }

  private func check(_ path: String) throws {
    let bytes = try Data(contentsOf: URL(filePath: path))
    func isInside(_ module: String) -> Bool { bytes.range(of: Data(module.utf8)) != nil }
    #expect(Self.needed.filter { !isInside($0) } == [], "\(path)")
    #expect(Self.foreign.filter(isInside) == [], "\(path)")
  }
}

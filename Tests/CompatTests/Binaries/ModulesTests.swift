import Foundation
import MilterProcessFixtures
import Testing

/// Which modules are inside a filter in C.
///
/// Swift keeps the name of each module beside the types it has, also in programs that were stripped.
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

import Foundation
import MilterProcessFixtures
import Testing

/// The article on the names that a subclass cannot use.
struct NameListTests {
  private static func text(_ path: String) throws -> String {
    let file = "\(BuiltProgram.packageRoot)/Sources/MilterKit/\(path)"
    return try String(contentsOfFile: file, encoding: .utf8)
  }

  /// Returns the members of a file that subclasses see.
  private static func members(_ path: String) throws -> Set<String> {
    let declaration =
      /\n  (?:nonisolated\(nonsending\) )?(?:public (?:final|static)|open(?: class)?) (?:func|var) (\w+)/
    return Set(try text(path).matches(of: declaration).map { String($0.1) })
  }

  @Test func `It has every name of the base classes, and no other`() throws {
    let folder = "\(BuiltProgram.packageRoot)/Sources/MilterKit"
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      $0.contains(/(^|\/)(MilterBase|Milter|AsyncMilter|MessageMilter)(\+\w+)?\.swift$/)
    }
    let declared = try paths.map(Self.members).reduce(into: Set()) { $0.formUnion($1) }
    let page = try Self.text("MilterKit.docc/NamesInSubclasses.md")
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let listed = rows.flatMap { row in
      row.split(separator: "|")[0].matches(of: /`(\w+)`/).map { String($0.1) }
    }
    #expect(declared.isSuperset(of: ["addheader", "helo", "prepare", "message", "log"]))
    #expect(Set(listed).symmetricDifference(declared).sorted() == [])
    #expect(Set(listed).count == listed.count)
  }
}

import Foundation
import MilterProcessFixtures
import Testing

/// Checks that `Facts.md` has the numbers that tests cite.
@Suite struct FactTests {
  private static func numbers(in text: String) -> [String] {
    text.matches(of: /\b\d+\.\d+\b/).map { String($0.0) }
  }

  /// Returns the numbers of the facts in their order.
  private static func known() throws -> [String] {
    let path = BuiltProgram.packageRoot + "/Tests/CompatTests/Oracle/Facts.md"
    return try String(contentsOfFile: path, encoding: .utf8)
      .matches(of: /\n\*\*(\d+\.\d+)\*\*/).map { String($0.1) }
  }

  @Test func `Every number that a case or a known difference cites is a fact`() throws {
    let known = Set(try Self.known())
    for text in OracleCase.all.map(\.fact) + KnownDifference.all.map(\.facts) {
      let numbers = Self.numbers(in: text)
      #expect(!numbers.isEmpty, "\(text)")
      #expect(numbers.filter { !known.contains($0) } == [], "\(text)")
    }
  }

  @Test func `No two facts have the same number`() throws {
    let known = try Self.known()
    #expect(known.count > 90)
    #expect(Set(known).count == known.count)
  }
}

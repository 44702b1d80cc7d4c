import Foundation
import MilterKit
import MilterProcessFixtures
import Testing

/// The tables of statuses in the doc comments of ``Milter``'s callbacks.
struct StatusTableTests {
  /// Returns the table in the doc comment of a callback.
  private static func documented(_ callback: MilterCallback) throws -> [String] {
    let file = "\(BuiltProgram.packageRoot)/Sources/MilterKit/Milter.swift"
    var table: [String] = []
    for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("  /// |") {
        table.append(String(line.dropFirst(6)))
      } else if line.hasPrefix("  open func \(callback)(") {
        return table
      } else if line.hasPrefix("  open func ") {
        table = []
      }
    }
    return []
  }

  @Test(arguments: StatusTable.callbacks)
  func `Each status does what the table of the callback shows`(_ callback: MilterCallback) throws {
    let lines = StatusTable(callback: callback).lines
    let text = lines.map { "  /// \($0)" }.joined(separator: "\n")
    #expect(try Self.documented(callback) == lines, "the table is:\n\(text)")
  }
}

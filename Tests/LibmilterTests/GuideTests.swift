import Foundation
import MilterProcessFixtures
import Testing

/// Checks that the porting guide shows the samples unchanged, and has every name of the headers.
@Suite(.timeLimit(.minutes(15))) struct GuideTests {
  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: BuiltProgram.packageRoot + "/" + path, encoding: .utf8)
  }

  private static let catalog = "Sources/MilterKit/MilterKit.docc/"

  @Test func `All code in the walk-through comes from the samples`() throws {
    let samples = try [
      "Samples/doorman/c/doorman.c", "Samples/doorman/Libmilter/Doorman.swift",
      "Samples/doorman/MilterKit/Doorman.swift", "Samples/doorman/MilterKit/Client.swift",
      "Samples/doorman/MilterKit/Message.swift", "Samples/doorman/MilterKit/main.swift",
      Self.recipe,
    ].map { Self.bare(try text($0)) }
    let blocks = Self.blocks(try text(Self.catalog + "PortingFromLibmilter.md"))
    #expect(blocks.count > 30)
    for block in blocks {
      // A block can have several pieces of a file, separated by empty lines.
      for piece in block.components(separatedBy: "\n\n") {
        #expect(samples.contains { $0.contains(Self.bare(piece)) }, "\(piece)")
      }
    }
  }

  /// The program in the shape of C, which ``CShapedFilterTests`` runs.
  private static let recipe = "Tests/Programs/CShapedFilter/main.swift"

  @Test func `The guide contains the whole program in C's style`() throws {
    let blocks = Self.blocks(try text(Self.catalog + "PortingFromLibmilter.md"))
    let program = Self.bare(try text(Self.recipe)).trimmingCharacters(in: .newlines)
    #expect(blocks.contains(program))
  }

  /// Returns the text without indentation, which differs between a class and the guide.
  private static func bare(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
  }

  /// Returns the code blocks in C and Swift.
  private static func blocks(_ article: String) -> [String] {
    var blocks: [String] = []
    var current: [String]?
    for line in article.components(separatedBy: "\n") {
      let bare = line.trimmingCharacters(in: .whitespaces)
      if let lines = current {
        if bare == "```" {
          blocks.append(lines.joined(separator: "\n"))
          current = nil
        } else {
          current = lines + [bare]
        }
      } else if bare == "```c" || bare == "```swift" {
        current = []
      }
    }
    return blocks
  }

  @Test func `Every name of our headers is in the table`() throws {
    try findNames(of: HeaderFolder.ours)
  }

  @Test(.needsOriginal)
  func `Every name of Sendmail's headers is in the table`() throws {
    try findNames(of: HeaderFolder.original)
  }

  private func findNames(of folder: String) throws {
    let names = try text(Self.catalog + "LibmilterNames.md")
    for file in ["mfapi.h", "mfdef.h"] {
      let header = try String(contentsOfFile: "\(folder)/libmilter/\(file)", encoding: .utf8)
      let prefixes = ["smfi_", "xxfi_", "SMFI", "SM_LM_VRS_", "MI_", "MILTER_"]
      let words = header.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
      var found = 0
      for word in Set(words) where prefixes.contains(where: word.hasPrefix) {
        // Prefixes such as `SMFIF_`, structure tags, and include guards have no entries.
        if word.hasSuffix("_") || ["smfi_str", "MILTER_H", "MI_"].contains(word) { continue }
        found += 1
        #expect(names.contains("`\(word)`"), "\(word)")
      }
      #expect(found > 0, "\(file)")
    }
  }
}

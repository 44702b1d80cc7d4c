import Foundation
import MilterProcessFixtures

/// Checks whether a code block is taken from a sample, which the package already compiles.
enum Excerpt {
  /// All samples as lines without indentation.
  private static let samples: [[String]] = {
    PackageFiles.paths(below: ["Samples"], endingIn: [".swift", ".c"])
      .compactMap { try? PackageFiles.text(of: $0) }
      .map { lines(in: $0.components(separatedBy: "\n")) }
  }()

  /// Returns whether a file has all lines of the block in their order, with or without lines
  /// between.
  static func isOfSample(_ block: CodeBlock) -> Bool {
    let wanted = lines(in: block.lines)
    return samples.contains { sample in
      var rest = sample[...]
      return wanted.allSatisfy { line in
        guard let place = rest.firstIndex(of: line) else { return false }
        rest = rest[(place + 1)...]
        return true
      }
    }
  }

  private static func lines(in lines: [String]) -> [String] {
    lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && $0 != "…" }
  }
}

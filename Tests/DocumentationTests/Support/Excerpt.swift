import Foundation
import MilterProcessFixtures

/// Finds out whether a piece of code was taken from a file that the package compiles anyway.
enum Excerpt {
  /// All samples, one string a line, without indentation.
  private static let samples: [[String]] = {
    PackageFiles.paths(below: ["Samples"], endingIn: [".swift", ".c"])
      .compactMap { try? PackageFiles.text(of: $0) }
      .map { lines(in: $0.components(separatedBy: "\n")) }
  }()

  /// Whether one file has all lines of the block in their order, if not side by side.
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

import Foundation
import MilterProcessFixtures

/// Checks whether a code block is taken from a sample, which the package already compiles.
enum Excerpt {
  /// All samples as lines without indentation; none if ``reading`` failed.
  private static let samples: [[String]] = (try? reading.get()) ?? []

  /// The samples, or the error for a file that cannot be read.
  static let reading: Result<[[String]], any Error> = Result {
    var found: [[String]] = []
    for path in PackageFiles.paths(below: ["Samples"], endingIn: [".swift", ".c"]) {
      found.append(lines(in: try PackageFiles.text(of: path).components(separatedBy: "\n")))
    }
    return found
  }

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

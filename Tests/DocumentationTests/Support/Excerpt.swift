import Foundation
import MilterProcessFixtures

/// Finds out whether a piece of code was taken from a file that the package compiles anyway.
enum Excerpt {
  /// All samples, one string a line, without indentation.
  private static let samples: [[String]] = {
    let root = URL(filePath: BuiltProgram.packageRoot + "/Samples")
    let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { name in
      // A sample that is a package of its own is built below `.build`, with what it depends on.
      !name.contains("/.") && (name.hasSuffix(".swift") || name.hasSuffix(".c"))
    }.compactMap {
      try? String(contentsOf: root.appending(path: $0), encoding: .utf8)
    }.map { lines(in: $0.components(separatedBy: "\n")) }
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

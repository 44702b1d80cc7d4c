import Foundation
import MilterProcessFixtures
import Testing

/// A fenced code block in the documentation.
struct CodeBlock: Sendable, CustomTestStringConvertible {
  var file: String
  var line: Int
  var language: String
  var lines: [String]

  var testDescription: String { "\(file):\(line)" }
  var text: String { lines.joined(separator: "\n") + "\n" }

  /// Every block of the README, of the DocC articles, and of the doc comments.
  static let all: [CodeBlock] =
    (["README.md"]
    + PackageFiles.paths(below: ["Sources", "Compat"], endingIn: [".md", ".swift"]))
    .flatMap { path -> [CodeBlock] in
      guard let text = try? PackageFiles.text(of: path) else { return [] }
      return blocks(in: text, of: path)
    }

  private static func blocks(in text: String, of path: String) -> [CodeBlock] {
    var blocks: [CodeBlock] = []
    var open: CodeBlock?
    var indent = 0
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      var line = line
      if path.hasSuffix(".swift") {
        line = line.drop { $0 == " " }
        guard line.hasPrefix("///") else { continue }
        line = line.dropFirst(line.hasPrefix("/// ") ? 4 : 3)
      }
      let content = line.drop { $0 == " " }
      if content.hasPrefix("```") {
        if let done = open {
          blocks.append(done)
          open = nil
        } else {
          indent = line.count - content.count
          open = CodeBlock(
            file: path, line: number + 1, language: String(content.dropFirst(3)), lines: [])
        }
      } else {
        open?.lines.append(String(line.dropFirst(min(indent, line.count - content.count))))
      }
    }
    return blocks
  }
}

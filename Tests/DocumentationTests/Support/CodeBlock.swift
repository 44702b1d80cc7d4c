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

  /// Every block of the README, of the DocC articles, and of the doc comments; none if
  /// ``reading`` failed.
  static let all: [CodeBlock] = (try? reading.get()) ?? []

  /// The blocks, or the error for a file that cannot be read.
  static let reading: Result<[CodeBlock], any Error> = Result {
    let paths =
      ["README.md"]
      + PackageFiles.paths(below: ["Sources", "Compat"], endingIn: [".md", ".swift"])
    var found: [CodeBlock] = []
    for path in paths { found += blocks(in: try PackageFiles.text(of: path), of: path) }
    return found
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

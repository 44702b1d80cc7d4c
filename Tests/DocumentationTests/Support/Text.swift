import Foundation
import MilterProcessFixtures

/// Files of the package as text.
enum Text {
  /// The text of a file, by its path in the package.
  static func of(_ path: String) throws -> String {
    try String(contentsOfFile: "\(BuiltProgram.packageRoot)/\(path)", encoding: .utf8)
  }

  /// The Markdown files of the package, by their paths; those that a build has fetched are left out.
  static let markdown: [String] =
    ["README.md", "CONTRIBUTING.md"]
    + ["Sources", "Compat", "Samples", "Tests"].flatMap { folder in
      let root = "\(BuiltProgram.packageRoot)/\(folder)"
      let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
      return names.filter { $0.hasSuffix(".md") && !$0.contains("/.") && !$0.hasPrefix(".") }
        .sorted().map { "\(folder)/\($0)" }
    }
}

import Foundation
import MilterProcessFixtures
import Testing

/// Links between the files of the package, as a repository browser follows them.
struct LinkTests {
  /// Returns the targets of the links and images in a file, except those in code.
  static func targets(in text: String) -> [String] {
    var isCode = false
    let prose = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      let isFence = line.drop { $0 == " " }.hasPrefix("```")
      if isFence { isCode.toggle() }
      return !isCode && !isFence
    }
    return prose.joined(separator: "\n").matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
  }

  /// Returns the anchors of a file's headings.
  private static func anchors(in text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
      heading.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
        .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
        .replacing(" ", with: "-")
    }
  }

  @Test(arguments: PackageFiles.markdown)
  func `Each link leads somewhere`(_ path: String) throws {
    let folder = URL(filePath: "/\(path)").deletingLastPathComponent()
    for target in Self.targets(in: try PackageFiles.text(of: path)) where !target.contains("://") {
      let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let file =
        parts[0].isEmpty
        ? path : String(folder.appending(path: parts[0]).standardized.path.dropFirst())
      let found = FileManager.default.fileExists(atPath: "\(BuiltProgram.packageRoot)/\(file)")
      #expect(found, "\(path) links to \(target)")
      if found, parts.count == 2 {
        let anchors = Self.anchors(in: try PackageFiles.text(of: file))
        #expect(anchors.contains(parts[1].lowercased()), "\(path) links to \(target)")
      }
    }
  }

  @Test func `Links are found, but not in code`() {
    let text = "[a](b.md) ![c](d.svg)\n```\n[e](f)\n```\n[g](#h)"
    #expect(Self.targets(in: text) == ["b.md", "d.svg", "#h"])
  }

  @Test func `The contributors' page names every folder of sources`() throws {
    let text = try PackageFiles.text(of: "CONTRIBUTING.md")
    let sources = "\(BuiltProgram.packageRoot)/Sources"
    let folders = try FileManager.default.contentsOfDirectory(atPath: sources)
      .filter { !$0.hasPrefix(".") && !$0.hasPrefix("C") }
    #expect(folders.count > 10)
    for folder in folders { #expect(text.contains("`Sources/\(folder)`"), "\(folder)") }
  }
}

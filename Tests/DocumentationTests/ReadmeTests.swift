import Foundation
import MilterProcessFixtures
import Testing

/// The promises of the README to a new reader.
struct ReadmeTests {
  private static let blocks = CodeBlock.all.filter { $0.file == "README.md" }

  /// Returns the commands in a shell block, without comments.
  private static func commands(_ block: CodeBlock) -> [String] {
    block.lines.map { String($0.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces) }
  }

  @Test func `It can be read in a few minutes`() throws {
    let lines = try PackageFiles.text(of: "README.md").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count - 1 <= 120)
  }

  @Test func `It goes from the first filter to the license`() throws {
    let outsideOfCode = try PackageFiles.text(of: "README.md").components(separatedBy: "\n```")
      .enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    let headings = outsideOfCode.flatMap { $0.split(separator: "\n") }
      .filter { $0.hasPrefix("#") }
      .map { $0.drop { $0 == "#" || $0 == " " } }
    #expect(
      headings == [
        "swift-milter", "A filter", "Try it", "Your own package",
        "Run it under Postfix and Sendmail", "Test it", "Coming from libmilter",
        "C filters as they are", "Why", "The `milter` tool", "Platforms, stability, license",
      ])
  }

  @Test func `Its filter has twelve lines`() throws {
    let filter = try #require(Self.blocks.first { $0.language == "swift" })
    #expect(filter.lines.count == 12)
    #expect(filter.text.contains("@main"))
  }

  @Test func `Its first commands need no others, and CI runs them unchanged`() throws {
    let commands = Self.commands(try #require(Self.blocks.first { $0.language == "sh" }))
    #expect(commands == ["swift run stamp --try Samples/messages/hello.eml", "swift test"])
    let run = try PackageFiles.text(of: ".ci/run").split(separator: "\n").map(String.init)
    for command in commands { #expect(run.contains(command)) }
  }

  // Programs of the same name overwrite each other in a build folder.
  @Test func `Its package has no name of a sample, because swift run would start that`() throws {
    let manifest = try #require(Self.blocks.first { $0.text.contains("import PackageDescription") })
    let name = try #require(manifest.text.firstMatch(of: /executableTarget\(name: "(\w+)"/)).output
      .1
    #expect(!(try PackageFiles.text(of: "Package.swift")).contains(".executable(name: \"\(name)\""))
    let readme = try PackageFiles.text(of: "README.md")
    #expect(readme.contains("Sources/\(name)/") && readme.contains("swift run \(name) --help"))
  }

  @Test func `It shows what the first command prints`() throws {
    let place = try #require(Self.blocks.firstIndex { $0.language == "sh" })
    let message = "\(BuiltProgram.packageRoot)/Samples/messages/hello.eml"
    let run = try BuiltProgram.run("stamp", ["--try", message])
    #expect(run.status == 0)
    #expect(run.output == Self.blocks[place + 1].text)
  }

  @Test func `Each mention of an article is a link`() throws {
    let text = try PackageFiles.text(of: "README.md")
    #expect(!text.contains("article"))
    #expect(!text.contains("<doc:"))
  }
}

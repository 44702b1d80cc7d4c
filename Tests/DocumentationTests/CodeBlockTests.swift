import Foundation
import MilterProcessFixtures
import Testing

@Suite
struct CodeBlockTests {
  static let swift = CodeBlock.all.filter { $0.language == "swift" }
  static let c = CodeBlock.all.filter { $0.language == "c" }

  @Test func `There is some`() {
    #expect(Self.swift.contains { $0.file == "README.md" })
    #expect(Self.swift.contains { $0.file.hasSuffix("PortingFromLibmilter.md") })
    #expect(Self.swift.contains { $0.file.hasSuffix("MilterServer.swift") })
    #expect(!Self.c.isEmpty)
  }

  @Test(arguments: swift)
  func `Swift`(_ block: CodeBlock) throws {
    if Excerpt.isOfSample(block) { return }
    let complaint = try SwiftCheck.complaint(about: block)
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test(arguments: c)
  func `C`(_ block: CodeBlock) throws {
    if Excerpt.isOfSample(block) { return }
    let source = FileManager.default.temporaryDirectory
      .appending(path: "code-block-\(UUID().uuidString).c")
    try Data(("#include <libmilter/mfapi.h>\n" + block.text).utf8).write(to: source)
    defer { try? FileManager.default.removeItem(at: source) }
    let headers = BuiltProgram.packageRoot + "/Compat/CMilterAPI/include"
    let complaint = try Compiler.complaint("cc", ["-fsyntax-only", "-I", headers, source.path])
    #expect(complaint == nil, "\(complaint ?? "")")
  }
}

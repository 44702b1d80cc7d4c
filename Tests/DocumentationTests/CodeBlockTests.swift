import Testing

@Suite
struct CodeBlockTests {
  /// The Swift blocks, except those of samples, which the package compiles.
  static let swift = CodeBlock.all.filter { $0.language == "swift" && !Excerpt.isOfSample($0) }
  static let c = CodeBlock.all.filter { $0.language == "c" }

  @Test func `Every file is read, and there are blocks to check`() throws {
    _ = try CodeBlock.reading.get()
    _ = try Excerpt.reading.get()
    #expect(Self.swift.contains { $0.file == "README.md" })
    #expect(Self.swift.contains { $0.file.hasSuffix("PortingFromLibmilter.md") })
    #expect(Self.swift.contains { $0.file.hasSuffix("MilterServer.swift") })
    #expect(Self.swift.count > 10)
    #expect(!Self.c.isEmpty)
  }

  @Test(arguments: swift)
  func `Each Swift block compiles`(_ block: CodeBlock) throws {
    let complaint = try SwiftCheck.complaint(about: block)
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test(arguments: c)
  func `Each C block is part of a sample, which the package compiles`(_ block: CodeBlock) {
    #expect(Excerpt.isOfSample(block), "\(block.text)")
  }
}

import Testing

/// Filters in the documentation, which readers copy without changes.
struct ExampleStateTests {
  /// Returns the stored properties in a filter's class that keep their value after a message.
  private static func lasting(_ block: CodeBlock) -> [String] {
    var isInFilter = false
    var found: [String] = []
    for line in block.lines {
      if line.contains(/class \w+: (Async)?Milter \{/) {
        isInFilter = true
      } else if line == "}" {
        isInFilter = false
      } else if isInFilter, line.contains(/^  (private )?var \w+( =|: [^{]*$)/) {
        found.append(String(line.drop { $0 == " " }))
      }
    }
    return found
  }

  @Test func `Their state ends with the message`() {
    let blocks = CodeBlock.all.filter { $0.language == "swift" }
    #expect(blocks.contains { $0.text.contains("@PerMessage private var") })
    #expect(blocks.flatMap(Self.lasting) == [])
  }

  @Test func `A property that outlives the message is detected`() {
    let lines = ["class Curious: Milter {", "  private var bytes = 0", "  var to: [String]", "}"]
    let block = CodeBlock(file: "", line: 1, language: "swift", lines: lines)
    #expect(Self.lasting(block) == ["private var bytes = 0", "var to: [String]"])
  }
}

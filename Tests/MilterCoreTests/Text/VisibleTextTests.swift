import MilterCore
import Testing

/// Text that is safe on a terminal and in a line of a log.
@Suite struct VisibleTextTests {
  @Test func `Bytes that are not printable ASCII are escaped`() {
    let bytes: [UInt8] = [0x41, 0x20, 0x09, 0x0A, 0x0D, 0x00, 0x0F, 0x1B, 0x7F, 0x80, 0xFF, 0x5C]
    #expect(VisibleText.escaped(bytes) == #"A \t\n\r\x00\x0f\x1b\x7f\x80\xff\"#)
  }

  @Test func `Many bytes are cut, and the rest is counted`() {
    let bytes = [UInt8](repeating: 0x61, count: 201)
    let shown = String(repeating: "a", count: 200)
    #expect(VisibleText.escaped(bytes) == "\(shown)... (1 bytes more)")
    #expect(VisibleText.escaped(bytes.dropLast()) == shown)
  }

  @Test func `Text that a terminal executes is escaped, and the rest is unchanged`() {
    let text = "ü😀\u{1B}[2J\u{9B}\n\u{202E}\u{2028}"
    #expect(VisibleText.visible(text) == #"ü😀\x1b[2J\x9b\x0a\u{202e}\u{2028}"#)
    #expect(VisibleText.visible("ü😀") == "ü😀")
  }
}

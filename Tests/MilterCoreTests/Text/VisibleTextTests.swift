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
    #expect(VisibleText.visible(text) == #"ü😀\x1b[2J\xc2\x9b\n\xe2\x80\xae\xe2\x80\xa8"#)
    #expect(VisibleText.visible("ü😀") == "ü😀")
  }

  @Test(arguments: [
    ("\u{AD}", #"\xc2\xad"#), ("\u{200B}", #"\xe2\x80\x8b"#), ("\u{FEFF}", #"\xef\xbb\xbf"#),
    ("\u{E000}", #"\xee\x80\x80"#), ("\u{E0041}", #"\xf3\xa0\x81\x81"#),
    ("\u{10FFFF}", #"\xf4\x8f\xbf\xbf"#), ("\u{FFFD}", "\u{FFFD}"),
  ])
  func `Characters that are invisible or undefined are escaped`(text: String, shown: String) {
    #expect(VisibleText.visible(text) == shown)
  }

  @Test func `Bytes that are not UTF-8 are escaped, and the characters around them are not`() {
    let bytes: [UInt8] = [0x61, 0xE4, 0xC3, 0xA4, 0xE2, 0x80, 0x41, 0xED, 0xA0, 0x80, 0x0A, 0xF0]
    #expect(VisibleText.visible(bytes) == #"a\xe4ä\xe2\x80A\xed\xa0\x80\n\xf0"#)
    #expect(VisibleText.decoded(bytes) == #"a\xe4ä\xe2\x80A\xed\xa0\x80"# + "\n" + #"\xf0"#)
    #expect(VisibleText.visible([UInt8]()) == "")
  }
}

import MilterCore
import Testing

struct JSONValueTests {
  @Test func `JSON contains nothing that a terminal executes`() {
    let text = "a\u{1B}[2J\u{9B}31m\u{85}\u{7F}\u{61C}\u{202E}\u{2028}\u{2066}\u{E0041}é✉😀\"\\\n"
    #expect(
      JSONValue.string(text).description
        == #""a\u001b[2J\u009b31m\u0085\u007f\u061c\u202e\u2028\u2066\udb40\udc41é✉😀\"\\\n""#)
  }
}

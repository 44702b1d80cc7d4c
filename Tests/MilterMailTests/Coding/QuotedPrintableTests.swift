import MilterMail
import Testing

struct QuotedPrintableTests {
  private func encode(_ text: String) -> String {
    String(decoding: QuotedPrintable.encode(Array(text.utf8)), as: UTF8.self)
  }
  private func decode(_ text: String) -> String {
    String(decoding: QuotedPrintable.decode(Array(text.utf8)), as: UTF8.self)
  }

  @Test
  func `The example of RFC 2045, 6.7`() {
    #expect(
      decode("Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.")
        == "Now's the time for all folk to come to the aid of their country.")
  }

  @Test(arguments: [
    ("a=b", "a=3Db"), ("ü", "=C3=BC"), ("a \r\nb\t\r\n", "a=20\r\nb=09\r\n"), ("a ", "a=20"),
    ("a\rb\nc", "a=0Db=0Ac"), ("a b\tc\r\n", "a b\tc\r\n"), ("", ""), ("\r\n\r\n", "\r\n\r\n"),
    ("\u{0}\u{7F}", "=00=7F"), ("a\r\r\n", "a=0D\r\n"),
  ])
  func `Text is encoded and decoded again`(_ text: String, _ encoded: String) {
    #expect(encode(text) == encoded)
    #expect(decode(encoded) == text)
  }

  @Test(arguments: 70...80)
  func `Lines have at most 76 characters`(_ length: Int) {
    for end in ["", "\r\n", " \r\n", "ü\r\n", "ü", "=", " "] {
      let text = String(repeating: "x", count: length) + end
      let encoded = encode(text)
      #expect(encoded.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 }, "end: \(end)")
      #expect(decode(encoded) == text, "end: \(end)")
      if length + end.utf8.count <= 76, end == "" || end == "\r\n" {
        #expect(encoded == text, "end: \(end)")
      }
    }
  }

  @Test(arguments: [
    ("a=\nb", "ab"), ("a= \t\r\nb", "ab"), ("a=", "a"), ("a \t\r\nb  ", "a\r\nb"),
    ("=e4=3d", "\u{FFFD}="), ("=G1 =4", "=G1 =4"), ("=\rx", "=\rx"), ("a = b", "a = b"),
  ])
  func `Text of real mail`(_ encoded: String, _ text: String) {
    #expect(decode(encoded) == text)
  }

  @Test
  func `Every byte survives`() {
    let bytes = (0...255).map { UInt8($0) } + [13, 10] + (0...255).reversed().map { UInt8($0) }
    #expect(QuotedPrintable.decode(QuotedPrintable.encode(bytes)) == bytes)
  }

  @Test
  func `A million spaces take no noticeable time`() {
    let spaces = [UInt8](repeating: 0x20, count: 1_000_000)
    #expect(QuotedPrintable.decode(spaces + [0x78]).count == 1_000_001)
    #expect(QuotedPrintable.decode(spaces).isEmpty)
  }
}

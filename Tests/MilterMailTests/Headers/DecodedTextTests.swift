import MilterMail
import Testing

struct DecodedTextTests {
  @Test
  func `Many encoded words are joined in linear time`() {
    let count = 300_000
    let words = String(repeating: "=?us-ascii?q?a?= ", count: count)
    #expect(EncodedWord.decode(words).utf8.count == count + 1)
  }
}

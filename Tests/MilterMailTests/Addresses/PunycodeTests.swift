import MilterRandomFixtures
import Testing

@testable import MilterMail

struct PunycodeTests {
  /// The examples of RFC 3492, section 7.1, that fit in a label.
  @Test(arguments: [
    (
      "\u{644}\u{64A}\u{647}\u{645}\u{627}\u{628}\u{62A}\u{643}\u{644}\u{645}\u{648}\u{634}"
        + "\u{639}\u{631}\u{628}\u{64A}\u{61F}", "egbpdaj6bu4bxfgehfvwxn"
    ),
    (
      "\u{4ED6}\u{4EEC}\u{4E3A}\u{4EC0}\u{4E48}\u{4E0D}\u{8BF4}\u{4E2D}\u{6587}",
      "ihqwcrb4cv8a8dqg056pqjye"
    ),
    ("Pro\u{10D}prost\u{11B}nemluv\u{ED}\u{10D}esky", "Proprostnemluvesky-uyb24dma41a"),
    ("3\u{5E74}B\u{7D44}\u{91D1}\u{516B}\u{5148}\u{751F}", "3B-ww4c5e180e575a65lsy2b"),
    (
      "Hello-Another-Way-\u{305D}\u{308C}\u{305E}\u{308C}\u{306E}\u{5834}\u{6240}",
      "Hello-Another-Way--fc4qua05auwb3674vfr0b"
    ),
    ("\u{3072}\u{3068}\u{3064}\u{5C4B}\u{6839}\u{306E}\u{4E0B}2", "2-u9tlzr9756bt3uc0v"),
    ("\u{30D1}\u{30D5}\u{30A3}\u{30FC}de\u{30EB}\u{30F3}\u{30D0}", "de-jg4avhby1noc0d"),
    ("\u{305D}\u{306E}\u{30B9}\u{30D4}\u{30FC}\u{30C9}\u{3067}", "d9juau41awczczp"),
    ("-> $1.00 <-", "-> $1.00 <--"), ("b\u{FC}cher", "bcher-kva"), ("\u{1F600}", "e28h"),
  ])
  func `Each example is encoded and decoded`(_ text: String, _ encoded: String) {
    #expect(Punycode.encode(text) == Array(encoded.utf8))
    #expect(Punycode.decode(encoded.utf8).map { Array($0.utf8) } == Array(text.utf8))
  }

  @Test(arguments: [
    "a-!", "99999999", "a-\u{FC}", String(repeating: "a", count: 64), "9999999999zzzz", "a-b9",
  ])
  func `Invalid text is not decoded`(_ encoded: String) {
    #expect(Punycode.decode(encoded.utf8) == nil)
  }

  @Test
  func `Text that does not fit into DNS is not encoded`() {
    #expect(Punycode.encode(String(repeating: "\u{FC}", count: 64)) == nil)
    #expect(Punycode.encode(String(repeating: "a", count: 59)) == nil)
    let spread = (1...63).map { "\(Unicode.Scalar(UInt32($0 * 0x4000 % 0xD000 + 0x80 + $0))!)" }
    #expect(Punycode.encode(spread.joined()) == nil)
  }

  @Test
  func `No bytes trap, and decoded text can be encoded again`() {
    var random = SplitMix64(seed: 3492)
    let letters = Array("az09-AZxn\u{0}~".utf8)
    for _ in 1...20_000 {
      let bytes = (0..<Int.random(in: 0...63, using: &random)).map { _ in random.pick(letters) }
      guard let text = Punycode.decode(bytes) else { continue }
      _ = Punycode.encode(text)
    }
    for _ in 1...2_000 {
      let scalars = (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0x21...0x10FFFF, using: &random))
      }
      let text = String(String.UnicodeScalarView(scalars))
      guard let encoded = Punycode.encode(text) else { continue }
      #expect(Punycode.decode(encoded)?.unicodeScalars.elementsEqual(scalars) == true)
    }
  }
}

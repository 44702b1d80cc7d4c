import MilterMail
import Testing

struct EncodedWordTests {
  /// RFC 2047, section 8: the display of encoded words.
  @Test(arguments: [
    ("(=?ISO-8859-1?Q?a?=)", "(a)"),
    ("(=?ISO-8859-1?Q?a?= b)", "(a b)"),
    ("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
    ("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)"),
    ("(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)"),
    ("(=?ISO-8859-1?Q?a_b?=)", "(a b)"),
    ("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)"),
    (
      "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n "
        + "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
      "If you can read this you understand the example."
    ),
    ("=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld Jørn Simonsen"),
    ("=?ISO-8859-1?Q?Patrik_F=E4ltstr=F6m?=", "Patrik Fältström"),
    (
      "Nathaniel Borenstein (=?iso-8859-8?b?7eXs+SDv4SDs6Oj08A==?=)",
      "Nathaniel Borenstein (\u{5DD}\u{5D5}\u{5DC}\u{5E9} \u{5DF}\u{5D1} "
        + "\u{5DC}\u{5D8}\u{5D8}\u{5E4}\u{5E0})"
    ),
  ])
  func `The examples of RFC 2047`(_ value: String, _ expected: String) {
    #expect(EncodedWord.decode(value) == expected)
  }

  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a\r\n\tb", "a\tb"),
    ("=?utf-8*en?q?a?=", "a"),  // RFC 2231, 5
    ("=?UTF-8?Q?J=C3?= =?utf-8?b?vHJnZW4=?=", "Jürgen"),
    ("=?UTF-8?B?w7w?=", "ü"),  // without padding
    ("=?UTF-8?Q?a=?= b", "a= b"),
    ("=?UTF-8?Q?a ?=", "=?UTF-8?Q?a ?="),  // space is not allowed inside
    ("=?x-none?Q?a?= =?x-none?Q?b?= c", "=?x-none?Q?a?= =?x-none?Q?b?= c"),
    ("=?x-none?Q?a?= =?utf-8?Q?b?=", "=?x-none?Q?a?= b"),
    ("=?utf-8?Q?=FF?=", "=?utf-8?Q?=FF?="),
    // Encoded words with unencoded 8-bit characters, as many programs write them.
    ("=?utf-8?Q?J\u{FC}rgen?=", "J\u{FC}rgen"), ("=?us-ascii?Q?caf\u{E9}?= x", "caf\u{E9} x"),
    ("=?utf-8?B?\u{FC}w7w=?=", "\u{FC}"), ("=?x-none?Q?\u{FC}?=", "=?x-none?Q?\u{FC}?="),
    ("=?utf-8?X?a?=", "=?utf-8?X?a?="), ("=?utf-8?Q?a", "=?utf-8?Q?a"), ("=?", "=?"),
    ("a =?utf-8?Q?b?=c =?utf-8?Q?d?=", "a bc d"),
  ])
  func `Text of real mail`(_ value: String, _ expected: String) {
    #expect(EncodedWord.decode(value) == expected)
  }

  @Test
  func `Raw bytes are in the word's character set, and others are shown as replaced`() {
    for (charset, text) in [("iso-8859-1", "J\u{FC}rgen"), ("utf-8", "J\u{FFFD}rgen")] {
      let value = Array("=?\(charset)?Q?J".utf8) + [0xFC] + Array("rgen?=".utf8)
      #expect(EncodedWord.decode(value) == text)
    }
  }

  @Test func `A word has charset and bytes`() throws {
    let word = try #require(EncodedWord("=?ISO-8859-1*fr?q?Andr=e9?=".utf8))
    #expect(word.charsetName == "ISO-8859-1")
    #expect(word.bytes == Array("Andr".utf8) + [0xE9])
    #expect(word.text == "André")
    #expect(EncodedWord("=?a?q?b?= ".utf8) == nil)
  }

  @Test(arguments: [
    ("Hello", "Hello"),
    ("Grüße aus Berlin", "=?UTF-8?B?R3LDvMOfZQ==?= aus Berlin"),
    ("an Jörg und Jürgen bald", "an =?UTF-8?B?SsO2cmcgdW5kIErDvHJnZW4=?= bald"),
    ("日本語", "=?UTF-8?B?5pel5pys6Kqe?="),
    ("a =?b?q?c?=", "a =?UTF-8?B?PT9iP3E/Yz89?="),
    ("two  spaces", "=?UTF-8?Q?two__spaces?="),
    ("a\r\nBcc: b", "=?UTF-8?B?YQ0KQmNjOg==?= b"),
  ])
  func `Text that needs encoding is encoded`(_ text: String, _ expected: String) {
    #expect(EncodedWord.encode(text) == expected)
  }

  @Test(arguments: [
    String(repeating: "日本語 und Umlaute äöü, ", count: 20), String(repeating: "x", count: 300),
    String(repeating: "word ", count: 60), " leading", "trailing ", "", "\u{0}", "tab\there",
    "🇩🇪👩‍👩‍👧‍👦e\u{301}", "x=\"=?utf-8?q?y?=\"; z",
  ])
  func `Any text survives, in lines that are short enough`(_ text: String) {
    let encoded = EncodedWord.encode(text, column: 9)
    #expect(EncodedWord.decode(encoded) == text)
    let lines = encoded.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      #expect(line.utf8.count <= (index == 0 ? 67 : 76))
      #expect(line.utf8.allSatisfy { 0x20...0x7E ~= $0 })
      #expect(index == 0 || line.hasPrefix(" "))
    }
  }

  @Test(arguments: [66, 67, 68, 75])
  func `A first word that does not fit into its line is encoded`(length: Int) {
    let text = String(repeating: "P", count: length) + " and more"
    let encoded = EncodedWord.encode(text, column: 9)
    #expect(encoded.hasPrefix("=?") == (length > 67))
    #expect(EncodedWord.decode(encoded) == text)
    let lines = encoded.split(separator: "\n").map(\.utf8.count)
    #expect(lines[0] + 9 <= 76 && lines.dropFirst().allSatisfy { $0 <= 76 })
  }
}

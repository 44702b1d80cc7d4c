import MilterMail
import Testing

struct MailCharsetTests {
  @Test(arguments: [
    ("US-ASCII", "plain", Array("plain".utf8)), ("utf-8", "ü€", Array("ü€".utf8)),
    ("ISO-8859-1", "\u{80}é¿ÿ", [0x80, 0xE9, 0xBF, 0xFF]),
    ("iso-8859-2", "Łódź", [0xA3, 0xF3, 0x64, 0xBC]),
    ("ISO-8859-5", "Привет", [0xBF, 0xE0, 0xD8, 0xD2, 0xD5, 0xE2]),
    ("ISO-8859-7", "Γειά", [0xC3, 0xE5, 0xE9, 0xDC]), ("ISO-8859-9", "ğİş", [0xF0, 0xDD, 0xFE]),
    ("ISO-8859-15", "€Šœ", [0xA4, 0xA6, 0xBD]), ("windows-1252", "“€”", [0x93, 0x80, 0x94]),
    ("windows-1251", "Да", [0xC4, 0xE0]), ("KOI8-R", "Да", [0xE4, 0xC1]),
    ("iso-8859-8", "\u{5D0}", [0xE0]), ("iso-8859-6", "\u{627}", [0xC7]),
    ("iso-8859-11", "\u{E01}", [0xA1]), ("iso-8859-16", "ț", [0xFE]),
  ])
  func `Text is encoded and decoded`(_ name: String, _ text: String, _ bytes: [UInt8]) throws {
    let charset = try #require(MailCharset(named: name))
    #expect(charset.encode(text) == bytes)
    #expect(charset.decode(bytes) == text)
  }

  @Test(arguments: [
    ("latin1", "iso-8859-1"), ("ISO_8859-1:1987", "iso-8859-1"), ("l5", "iso-8859-9"),
    ("latin9", "iso-8859-15"), ("cp1252", "windows-1252"), ("ANSI_X3.4-1968", "us-ascii"),
    ("ASCII", "us-ascii"), ("UTF8", "utf-8"), ("Latin10", "ISO-8859-16"),
  ])
  func `A character set is found by its aliases`(_ alias: String, _ name: String) throws {
    let charset: MailCharset = try #require(MailCharset(named: alias))
    #expect(charset == MailCharset(named: name))
  }

  @Test(arguments: ["", "utf-16", "iso-2022-jp", "gb18030", "x-unknown", "iso-8859-12", "utf-7"])
  func `An unsupported character set is not found`(_ name: String) {
    #expect(MailCharset(named: name) == nil)
  }

  @Test func `Bytes outside the character set`() throws {
    let latin1 = try #require(MailCharset(named: "iso-8859-1"))
    #expect(latin1.encode("€") == nil)
    #expect(
      latin1.encodeHTML("<b>ü €</b>") == Array("<b>".utf8) + [0xFC] + Array(" &#8364;</b>".utf8))
    #expect(MailCharset.usASCII.encode("ü") == nil)
    #expect(MailCharset.usASCII.decode([0x80]) == nil)
    #expect(MailCharset.utf8.decode([0xC3]) == nil)
    #expect(MailCharset(named: "windows-1252")?.decode([0x81]) == nil)
  }

  @Test
  func `Every significant byte survives`() throws {
    let names =
      (1...16).filter { $0 != 12 }.map { "iso-8859-\($0)" } + (1250...1258).map { "windows-\($0)" }
      + ["koi8-r", "koi8-u"]
    for name in names {
      let charset = try #require(MailCharset(named: name))
      var known = 0
      for byte in UInt8.min...UInt8.max {
        guard let text = charset.decode([byte]) else { continue }
        known += 1
        #expect(charset.encode(text) == [byte], "\(name), byte \(byte)")
      }
      #expect(known > 200, "\(name)")
    }
  }
}

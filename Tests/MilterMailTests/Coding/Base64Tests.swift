import MilterMail
import Testing

struct Base64Tests {
  /// RFC 4648, section 10.
  private static let vectors = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]

  @Test(arguments: vectors)
  func `The vectors of RFC 4648`(_ text: String, _ encoded: String) {
    #expect(Base64.encode(Array(text.utf8), lineLength: nil) == Array(encoded.utf8))
    #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
  }

  @Test
  func `Lines have 76 characters: RFC 2045, 6.8`() {
    let bytes = (0..<200).map { UInt8($0) }
    let encoded = Base64.encode(bytes)
    let lines = String(decoding: encoded, as: UTF8.self).split(separator: "\r\n")
    #expect(lines.map(\.utf8.count) == [76, 76, 76, 40])
    #expect(encoded.suffix(2) == [13, 10])
    #expect(Base64.decode(encoded) == bytes)
  }

  @Test(arguments: [
    ("Zm9v\r\n YmFy\tYmFy \n", "foobarbar"), ("Zm9vYm!\r\n Fy", "foobar"), ("Zg==Zg==", "f"),
    ("Zg", "f"), ("Zm8=\r\n=\r\n", "fo"), ("Zm8=\r\n_____\r\na list", "fo"),
    ("Zm9v\nYmFy", "foobar"),
  ])
  func `Text of real mail`(_ encoded: String, _ text: String) {
    #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
  }

  @Test(arguments: [
    "Z", "Zm9vY", "Z===", "Zm9v\n_____\nZm9v", "Zm9v\nUsers mailing list\n", "Zm-9v", "Zm9v\na@x\n",
    "Zm9v\u{FC}", "Zm9v!!", "Zm!9v",
  ])
  func `Broken text is not decoded`(_ encoded: String) {
    #expect(Base64.decode(Array(encoded.utf8)) == nil)
  }
}

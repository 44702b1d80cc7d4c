/// Messages with and without 8-bit content, and with and without a header field that declares it.
enum EightBitMessages {
  private static let field = "Content-Transfer-Encoding: 8bit"
  private static let long = String(repeating: "x", count: 73)

  /// All messages, as they are on the wire.
  static let all: [[UInt8]] = texts.map { Array($0.utf8).withCRLF } + [bytes]

  private static let texts = [
    "Subject: x\n\n\u{e4}\n",
    "\(field)\nSubject: x\n\n\u{e4} = b \n\n\tend\t\n.dot\nFrom here\n",
    "\(field)\n\n\(long)\n\(long)x\n\(long) \n" + String(repeating: "\u{e4}", count: 200) + "\n",
    "\(field)\n\n" + String(repeating: "y \u{e4}", count: 3000) + "\n",
    "\(field)\n", "\(field)\nno field \u{e4}\n", "\(field)\n\n\n\n",
    "\(field)\nContent-Transfer-Encoding: 7bit\n\n\u{e4}\n",
    "Content-Transfer-Encoding: 7bit\n\(field)\n\n\u{e4}\n",
    "Content-Transfer-Encoding: unknown\n\n\u{e4}\n",
    "Content-Transfer-Encoding: (8bit) \"8bit\"\n\n\u{e4}\n",
    "content-transfer-encoding : BINARY; x\n\n\u{e4}\n",
    "Content-Type: multipart/mixed; boundary=b\n\(field)\n\n\u{e4}\n--b\n\n\u{e4}\n--b\n\(field)\n"
      + "X: y\n z\n\n\u{e4}\n--b--\n\u{e4}\n",
    "Content-Type: MULTIPART/Digest (c);\n boundary=\"a b\"\n\n--a b\n\n\(field)\n\n\u{e4}\n--a b\n"
      + "Content-Type: text/plain\n\(field)\n\n\u{e4}\n--a b--\n",
    "Content-Type: multipart/mixed; boundary=a; boundary=b\n\n--a\n\(field)\n\n\u{e4}\n--b\n\(field)\n\n"
      + "\u{e4}\n--bc\n\u{e4}\n",
    "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/x; boundary=i\n\n--i\n"
      + "\(field)\n\n\u{e4}\n--o\n\(field)\n\n\u{e4}\n--i\n\(field)\n\n\u{e4}\n--o--\n",
    "Content-Type: message/rfc822\n\(field)\n\nSubject: in\n\(field)\n\n\u{e4}\n",
    "Content-Type: message/partial\n\(field)\n\nSubject: in\n\(field)\n\n\u{e4}\n",
    "Content-Type: message/global\n\(field)\n\nSubject: in\n\(field)\n\n\u{e4}\n",
    "Content-Type: message/global\n\nSubject: in\n\(field)\n\n\u{e4}\n",
    "Content-Type: message/rfc822\n\n\(field)\nno field \u{e4}\n\n\u{e4}\n",
    "Content-Type: multipart/mixed; boundary=b\n\(field)\n--b\n\(field)\n\n\u{e4}\n--b--\n",
    "Content-Type: application/pdf\n\(field)\n\n\u{e4}\n",
    "Content-Type: message/rfc822\n\n\(field)",
  ]

  /// Bytes that are not UTF-8, and control characters.
  private static let bytes =
    Array("\(field)\r\n\r\n".utf8) + [0xFF, 0x80, 0x01, 0x7F, 0x09, 0x0D, 0x0A]
}

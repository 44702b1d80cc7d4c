/// The contents of a `qf` or `hf` file, in the format of Sendmail's doc/op, appendix "Queue file format".
struct SendmailQueueFile {
  /// The sender without angle brackets.
  private(set) var sender = ""
  /// The value of ENVID, as the client sent it.
  private(set) var envelopeID: String?
  /// The value of RET; Sendmail stores `HDRS`, and otherwise means `FULL`.
  private(set) var returnContent: String?
  /// The value of BODY.
  private(set) var bodyType: String?
  /// The recipients to whom the message was not delivered yet.
  private(set) var recipients: [QueuedRecipient] = []
  /// The fields, as they are on the wire.
  private(set) var headers: [QueuedHeader] = []
  /// The reason for the quarantine.
  private(set) var quarantineReason: String?

  /// Reads the file's lines; the first letter of each is its type.
  init(_ bytes: [UInt8]) throws {
    var original: String?
    var headerLines: [ArraySlice<UInt8>] = []
    for line in bytes.splitAtLF {
      let rest = line.dropFirst()
      let text = String(decoding: rest.last == 0x0a ? rest.dropLast() : rest, as: UTF8.self)
      switch line.first {
      case UInt8(ascii: "S"): sender = SendmailQueueFile.withoutBrackets(text)
      case UInt8(ascii: "Z"): envelopeID = text
      case UInt8(ascii: "B"): bodyType = text
      case UInt8(ascii: "F"): returnContent = text.contains("n") ? "HDRS" : nil
      case UInt8(ascii: "q"): quarantineReason = text
      case UInt8(ascii: "Q"): original = text
      case UInt8(ascii: "R"):
        recipients.append(SendmailQueueFile.recipient(text, original: original))
        original = nil
      case UInt8(ascii: "H"):
        // H?flags?Name: value; the flags are those of mailers that want the field.
        let field = rest.dropFirst().drop { $0 != UInt8(ascii: "?") }.dropFirst()
        headerLines.append(field)
      case 0x20, 0x09: headerLines.append(line)
      default: break
      }
    }
    headers = try QueuedHeader.parse(headerLines).map {
      QueuedHeader($0.name, rawValue: SendmailQueueFile.unquoted($0.rawValue))
    }.filter { !SendmailQueueFile.isUnexpanded($0) }
  }

  /// Returns a recipient from `flags:<address>`, where the flags N, S, F, and D mean NOTIFY.
  private static func recipient(_ text: String, original: String?) -> QueuedRecipient {
    guard let colon = text.firstIndex(of: ":") else { return QueuedRecipient(text) }
    let flags = text[..<colon]
    let address = withoutBrackets(String(text[text.index(after: colon)...]))
    // Without N, the client sent no NOTIFY, and F and D are Sendmail's defaults.
    guard flags.contains("N") else { return QueuedRecipient(address, original: original) }
    let names: [Character: String] = ["S": "SUCCESS", "F": "FAILURE", "D": "DELAY"]
    let words = Set(flags.compactMap { names[$0] })
    return QueuedRecipient(address, notify: words.isEmpty ? ["NEVER"] : words, original: original)
  }

  private static func withoutBrackets(_ text: String) -> String {
    text.hasPrefix("<") && text.hasSuffix(">") ? String(text.dropFirst().dropLast()) : text
  }

  /// Removes the quoting of bytes that Sendmail uses itself: 0xFF before 0x80...0x9F and 0xFF.
  private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isQuoted = false
    for byte in bytes {
      if !isQuoted, byte == 0xff {
        isQuoted = true
      } else {
        if isQuoted, !(0x80...0x9f).contains(byte), byte != 0xff { result.append(0xff) }
        result.append(byte)
        isQuoted = false
      }
    }
    return isQuoted ? result + [0xff] : result
  }

  /// Whether this is the Return-Path at the start of each queue file: a macro that is expanded only at final
  /// delivery.
  private static func isUnexpanded(_ header: QueuedHeader) -> Bool {
    header.name == "Return-Path" && header.rawValue == Array(" <".utf8) + [0x81] + Array("g>".utf8)
  }
}

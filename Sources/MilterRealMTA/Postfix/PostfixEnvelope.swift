/// The envelope of a queued message, from the output of `postcat -e`.
struct PostfixEnvelope {
  /// The sender; empty for the null sender.
  private(set) var sender = ""
  /// The value of ENVID, decoded from xtext.
  private(set) var envelopeID: String?
  /// The value of RET.
  private(set) var returnContent: String?
  /// The encoding that Postfix derived from BODY and the content, `8bit` or `7bit`; `nil` if it was not
  /// recorded.
  private(set) var encoding: String?
  /// The recipients that have not been deleted.
  private(set) var recipients: [QueuedRecipient] = []

  /// Reads the records in order; the records that describe a recipient come before it.
  init(_ records: [UInt8]) {
    var notify: Set<String> = []
    var original: String?
    for line in records.splitAtLF {
      let text = String(decoding: line.last == 0x0a ? line.dropLast() : line, as: UTF8.self)
      guard let colon = text.firstIndex(of: ":") else { continue }
      let value = String(text[colon...].dropFirst(2))
      switch text[..<colon] {
      case "sender":
        sender = value
      case "recipient":
        recipients.append(QueuedRecipient(value, notify: notify, original: original))
        (notify, original) = ([], nil)
      case "canceled_recipient", "done_recipient":
        (notify, original) = ([], nil)
      case "named_attribute":
        let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let setting = parts.count == 2 ? String(parts[1]) : ""
        switch parts.first {
        case "notify_flags": notify = PostfixEnvelope.words(Int(setting) ?? 0)
        case "dsn_orig_rcpt": original = setting
        case "envelope_id": envelopeID = setting
        case "ret_flags": returnContent = setting == "2" ? "HDRS" : setting == "1" ? "FULL" : nil
        case "encoding": encoding = setting
        default: break
        }
      default: break
      }
    }
  }

  /// Returns the words of NOTIFY for the bits in Postfix's dsn_mask.h.
  private static func words(_ flags: Int) -> Set<String> {
    let names = [1: "NEVER", 2: "SUCCESS", 4: "FAILURE", 8: "DELAY"]
    return Set(names.filter { flags & $0.key != 0 }.values)
  }
}

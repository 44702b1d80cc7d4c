import MilterMail

/// The envelope sender, in the form for the comparison with `From`.
enum EnvelopeSender {
  /// `<>`, the sender of bounces.
  case null
  case address(MailAddress)
  /// Anything else, such as `<joe>` or an empty text.
  case unreadable

  /// Reads the argument of MAIL.
  init(_ path: [UInt8]) {
    if path.elementsEqual("<>".utf8) {
      self = .null
    } else {
      self = MailAddress(path).map { .address($0) } ?? .unreadable
    }
  }
}

import MilterCore

/// A message as an MTA accepts it.
struct MessageIntake: Sendable {
  /// The message for filters and recipients.
  private(set) var message: MTAMessage
  /// Warnings about the message.
  private(set) var warnings: [String] = []
  /// The reply with which the MTA refuses the message; `nil` if it accepts it.
  private(set) var refusal: String?

  /// Accepts a message.
  init(_ mail: MTAMail, _ intake: MTAProfile.Intake) {
    message = mail.message
    dropSpaces(intake)
    takeBareCR(intake)
    takeNUL(intake)
    cutFields(intake)
    if intake.encodesEightBit { message = EightBitConversion(message).message }
    if intake.recordsRequireTLS, mail.envelope.sender.requiresTLS { recordRequireTLS() }
    endHeader(intake)
    let size = self.message.headers.reduce(0) { $0 + $1.name.count + $1.value.count }
    if let limit = intake.headersLimit, size > limit {
      refusal = refusal ?? "552 5.6.0 Headers too large (\(limit) max)"
      warnings.append("the headers have \(size) bytes: Sendmail refuses more than \(limit)")
    }
  }

  private mutating func recordRequireTLS() {
    let header = MTAHeader("Require-TLS-ESMTP", "yes")
    let isThere = message.headers.contains {
      $0.isNamed(header.name) && Self.trimmed($0.value).map(\.asciiLowercased) == header.value
    }
    if !isThere { message.headers.append(header) }
  }

  private static func trimmed(_ value: [UInt8]) -> [UInt8] {
    let isSpace = { (byte: UInt8) in byte == 0x20 || 0x09...0x0D ~= byte }
    return Array(value.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }

  /// Ends a header that a line of the body ends.
  private mutating func endHeader(_ intake: MTAProfile.Intake) {
    guard !message.hasBlankLine, !message.body.isEmpty else { return }
    switch intake.unendedHeader {
    case .ended: break
    case .marked:
      message.headers.append(
        MTAHeader("MIME-Error", "message header was not terminated by empty line"))
    case .refused:
      refusal = refusal ?? "550 5.6.0 primary header was terminated with non-empty line"
      warnings.append("no empty line ends the header: the MTA refuses the message")
    }
  }

  private mutating func dropSpaces(_ intake: MTAProfile.Intake) {
    guard intake.dropsSpaceBeforeColon else { return }
    for index in message.headers.indices where message.headers[index].separator.first != 0x3A {
      let header = message.headers[index]
      message.headers[index].separator = Array(header.separator.drop { $0 != 0x3A })
      warnings.append(
        "header \(VisibleText.escaped(header.name)): the MTA drops the white space before the colon"
      )
    }
  }

  private mutating func takeBareCR(_ intake: MTAProfile.Intake) {
    let isInHeaders = message.headers.contains { $0.value.contains(0x0D) }
    guard isInHeaders || Self.hasBareCR(message.body) else { return }
    switch intake.bareCR {
    case .kept:
      warnings.append("a CR without LF: Postfix drops it or makes it a space, Sendmail refuses it")
    case .refused:
      warnings.append("a CR without LF: Sendmail refuses the message")
      refusal = "421 4.5.0 Bare carriage return (CR) not allowed"
    case .replaced:
      warnings.append("a CR without LF: Postfix since 3.9 makes it a space")
      guard message.hasBlankLine else {
        // The line that seemed to end the header may be a continuation line.
        let body = message.body
        message.body = []
        message = MTAMessage(
          eml: Self.withoutBareCR(
            message.bytes + body, lineEnd: MTAMessage.lineEnd, keepsLast: true))
        return
      }
      for index in message.headers.indices {
        message.headers[index].value = message.headers[index].value.map { $0 == 0x0D ? 0x20 : $0 }
      }
      message.body = Self.withoutBareCR(message.body, lineEnd: MTAMessage.lineEnd, keepsLast: true)
    case .dropped:
      warnings.append(
        "a CR without LF: Postfix before 3.9 drops it before a line end, else makes it a space")
      for index in message.headers.indices {
        message.headers[index].value = Self.withoutBareCR(
          message.headers[index].value + [0x0A], lineEnd: [0x0A]
        ).dropLast()
      }
      message.body = Self.withoutBareCR(message.body, lineEnd: MTAMessage.lineEnd)
      if !message.hasBlankLine, message.body.starts(with: MTAMessage.lineEnd) {
        message.body.removeFirst(2)
        message.hasBlankLine = true
      }
    }
  }

  private static func hasBareCR(_ bytes: [UInt8]) -> Bool {
    var last: UInt8 = 0
    for byte in bytes {
      if last == 0x0D, byte != 0x0A { return true }
      last = byte
    }
    return last == 0x0D
  }

  /// Returns bytes with spaces for each CR that does not belong to a line end; those before a line end are
  /// removed, unless they must also become spaces.
  private static func withoutBareCR(
    _ bytes: [UInt8], lineEnd: [UInt8], keepsLast: Bool = false
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var pending = 0
    for byte in bytes {
      switch byte {
      case 0x0D: pending += 1
      case 0x0A:
        if keepsLast { result += [UInt8](repeating: 0x20, count: max(0, pending - 1)) }
        result += lineEnd
        pending = 0
      default:
        result += [UInt8](repeating: 0x20, count: pending)
        result.append(byte)
        pending = 0
      }
    }
    return result
  }

  private mutating func takeNUL(_ intake: MTAProfile.Intake) {
    for index in message.headers.indices where message.headers[index].value.contains(0) {
      let header = message.headers[index]
      warnings.append(
        "header \(VisibleText.escaped(header.name)): Postfix cuts a line at NUL, Sendmail drops the NUL"
      )
      switch intake.headerNUL {
      case .kept: break
      case .dropped: message.headers[index].value.removeAll { $0 == 0 }
      case .lineEnded:
        let lines = header.value.split(separator: 0x0A, omittingEmptySubsequences: false)
        message.headers[index].value = Array(
          lines.map { $0.prefix { $0 != 0 } }.joined(separator: [0x0A]))
      }
    }
  }

  private mutating func cutFields(_ intake: MTAProfile.Intake) {
    guard let limit = intake.fieldLimit else { return }
    for index in message.headers.indices {
      let header = message.headers[index]
      guard let cut = header.cut(to: limit) else { continue }
      message.headers[index] = cut
      warnings.append(
        "header \(VisibleText.escaped(header.name)): Postfix cuts fields of more than \(limit) bytes, in "
          + "the message too")
    }
  }
}

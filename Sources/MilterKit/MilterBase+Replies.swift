extension MilterBase {
  /// Sets the reply that the client gets with the next reject or tempfail.
  ///
  /// May be called in every callback but `negotiate`, `abort` and `close`. The reply is used by the
  /// first verdict it fits: class 5 with `.reject`, class 4 with `.tempfail`; until then it stays,
  /// and another call replaces it. A `%` reaches the client as it is: it is doubled on the way, as
  /// MTAs demand, unless it is doubled already.
  /// - Parameters:
  ///   - code: three digits, the first 4 or 5. With 421 the MTA closes the connection.
  ///   - extended: an enhanced status code such as `5.7.1`, of the same class as the code; nil
  ///     leaves it out.
  ///   - text: the text; nil leaves it out. A text of one line of at most 980 bytes is sent as it is.
  ///     Any other one becomes a reply of several lines, as ``setmlreply(_:_:_:)`` makes it: the text is
  ///     cut at LF and CR LF, and lines that would have more than 512 bytes with their codes (RFC 5321)
  ///     are wrapped at spaces. The lines are at most 32, with 16 KiB in all, which is what Sendmail
  ///     passes on. Without an enhanced status code the text must not begin with a digit other than the
  ///     code's first.
  /// - Throws: ``/MilterCore/MilterError`` with ``/MilterCore/MilterError/Code/invalidReply``; a
  ///   reply set earlier stays then. With ``/MilterCore/MilterError/Code/wrongTime`` if called
  ///   elsewhere.
  ///
  /// Unlike libmilter, the method refuses a status whose class differs from the code's: Postfix
  /// calls such a reply malformed and answers 451 (Postfix 3.7), so that a refusal becomes days of
  /// retries.
  ///
  /// The corresponding libmilter function is `smfi_setreply`.
  public final func setreply(
    _ code: String, _ extended: String? = nil, _ text: String? = nil
  ) throws {
    let bytes = text.map(doublingPercent)
    if let bytes, ReplyText.needsLines(bytes) {
      let lines = try ReplyText.lines(bytes, extended: extended ?? "5.0.0")
      // One line is left of a text that only ended with a line end.
      if lines.count > 1 {
        return try set(MilterReply(code, extended, lines: lines), "setreply")
      }
      return try set(MilterReply(code, extended, text: lines.first ?? []), "setreply")
    }
    try set(MilterReply(code, extended, text: bytes), "setreply")
  }

  /// Sets a reply of several lines; see ``setreply(_:_:_:)``.
  ///
  /// Sendmail cuts a reply after 16 KiB; if a whole line is lost with that, the client waits for it
  /// in vain.
  /// - Parameters:
  ///   - code: three digits, the first 4 or 5.
  ///   - extended: an enhanced status code of the same class as the code; nil means `4.0.0` or
  ///     `5.0.0`.
  ///   - lines: 1 to 32 lines of at most 980 bytes without CR, LF and NUL.
  /// - Throws: as ``setreply(_:_:_:)`` does.
  ///
  /// The corresponding libmilter function is `smfi_setmlreply`.
  public final func setmlreply(
    _ code: String, _ extended: String?, _ lines: [String]
  ) throws {
    let reply = try MilterReply(code, extended, lines: lines.map(doublingPercent))
    try set(reply, "setmlreply")
  }

  private func set(_ reply: MilterReply, _ function: String) throws {
    let context = try attached(function)
    guard context.session.isAnswerOwed else {
      throw MilterError(.wrongTime, "\(function) may be called from connect to eom only")
    }
    if let difference = reply.classDifference {
      throw MilterError(
        .invalidReply,
        "\(function): \(difference), so Postfix takes the reply for malformed and answers 451")
    }
    context.session.reply = reply
  }
}

/// Doubles each single `%` of a text.
///
/// MTAs would drop a single one, or the whole text.
private func doublingPercent(_ text: String) -> [UInt8] {
  let percent = UInt8(ascii: "%")
  var result: [UInt8] = []
  var run = 0
  for byte in text.utf8 {
    if byte == percent {
      run += 1
    } else {
      if run % 2 == 1 { result.append(percent) }
      run = 0
    }
    result.append(byte)
  }
  if run % 2 == 1 { result.append(percent) }
  return result
}

extension MilterBase {
  /// Sets the client's reply for the next reject or tempfail.
  ///
  /// May be called in every callback except `negotiate`, `abort`, and `close`. The next verdict of the same
  /// class uses the reply: `.reject` for class 5, and `.tempfail` for class 4. Until then, the reply stays set,
  /// and another call replaces it. The library doubles a single `%` for the MTA, so the client sees it
  /// unchanged.
  /// - Parameters:
  ///   - code: Three digits, the first of which is 4 or 5. With 421, the MTA closes the connection.
  ///   - extended: An enhanced status code such as `5.7.1`, with the same class as the code; `nil` for none.
  ///   - text: The text; `nil` for none. A text of one line with at most 980 bytes is sent unchanged. Any other
  ///     text becomes a reply of several lines, as with ``setmlreply(_:_:_:)``: it is divided at LF and CR LF,
  ///     and lines that would exceed 512 bytes with their codes (RFC 5321) are wrapped at spaces. The reply may
  ///     have 32 lines with 16 KiB in total, because Sendmail passes on no more. Without an enhanced status
  ///     code, the text must not begin with a digit other than the first digit of the code.
  /// - Throws: ``/MilterCore/MilterError`` with ``/MilterCore/MilterError/Code/invalidReply`` if an argument is
  ///   not valid; an earlier reply then stays set. ``/MilterCore/MilterError/Code/wrongTime`` if the method is
  ///   called in another callback.
  ///
  /// Unlike libmilter, the method refuses a status whose class differs from that of the code. Postfix 3.7
  /// treats such a reply as malformed and answers 451, so the client would try again for days.
  ///
  /// The corresponding libmilter function is `smfi_setreply`.
  public final func setreply(
    _ code: String, _ extended: String? = nil, _ text: String? = nil
  ) throws(MilterError) {
    let bytes = text.map(doublingPercent)
    if let bytes, ReplyText.needsLines(bytes) {
      let lines = try ReplyText.lines(bytes, extended: extended ?? "5.0.0")
      // A text with one line and a line end has only one line.
      if lines.count > 1 {
        return try set(MilterReply(code, extended, lines: lines), "setreply")
      }
      return try set(MilterReply(code, extended, text: lines.first ?? []), "setreply")
    }
    try set(MilterReply(code, extended, text: bytes), "setreply")
  }

  /// Sets a reply of several lines; see ``setreply(_:_:_:)``.
  ///
  /// Sendmail cuts a reply after 16 KiB. If a whole line is lost, the client waits for it forever.
  /// - Parameters:
  ///   - code: Three digits, the first of which is 4 or 5.
  ///   - extended: An enhanced status code with the same class as the code; `nil` for `4.0.0` or `5.0.0`.
  ///   - lines: 1 to 32 lines of at most 980 bytes, without CR, LF, and NUL.
  /// - Throws: The same errors as ``setreply(_:_:_:)``.
  ///
  /// The corresponding libmilter function is `smfi_setmlreply`.
  public final func setmlreply(
    _ code: String, _ extended: String?, _ lines: [String]
  ) throws(MilterError) {
    let reply = try MilterReply(code, extended, lines: lines.map(doublingPercent))
    try set(reply, "setmlreply")
  }

  private func set(_ reply: MilterReply, _ function: String) throws(MilterError) {
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
/// MTAs would drop a single `%`, or the whole text.
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

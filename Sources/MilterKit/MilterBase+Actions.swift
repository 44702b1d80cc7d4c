import MilterCore
import MilterRuntime

// Every action may be called in `eom` only, and in the last `body` call if the MTA sends body and
// end in one; it needs a flag that was negotiated. All throw MilterError: `wrongTime`,
// `notNegotiated` or `invalidArgument`.

extension MilterBase {
  /// Adds a header.
  ///
  /// Postfix puts it behind the others; Sendmail, if there is one of that name, before the first of
  /// them.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/addhdrs``.
  /// - Parameters:
  ///   - name: printable ASCII without colon.
  ///   - value: LF or CR LF are allowed where the next line begins with a space or tab.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_addheader`.
  public final func addheader(_ name: String, _ value: String) throws {
    try addheader(name, value.utf8)
  }

  /// Adds a header with a value that need not be text; see ``addheader(_:_:)-(_,String)``.
  ///
  /// The corresponding libmilter function is `smfi_addheader`.
  public final func addheader(_ name: String, _ value: some Collection<UInt8>) throws {
    let header = try headerText(name, value, for: "addheader")
    try changing("addheader").add(.addheader(name: header.name, value: header.value))
  }

  /// Inserts a header.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/addhdrs``.
  /// - Parameters:
  ///   - index: 0 puts it on top, 1 below the first header, and so on. What counts as a header
  ///     differs: Postfix counts its own Received header, which filters are not shown; Sendmail
  ///     counts fields that the message does not have, too.
  ///   - name: printable ASCII without colon.
  ///   - value: LF or CR LF are allowed where the next line begins with a space or tab.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_insheader`.
  public final func insheader(_ index: Int, _ name: String, _ value: String) throws {
    try insheader(index, name, value.utf8)
  }

  /// Inserts a header with a value that need not be text; see ``insheader(_:_:_:)-(_,_,String)``.
  ///
  /// The corresponding libmilter function is `smfi_insheader`.
  public final func insheader(
    _ index: Int, _ name: String, _ value: some Collection<UInt8>
  ) throws {
    let header = try headerText(name, value, for: "insheader")
    let index = try checked(index, for: "insheader")
    try changing("insheader")
      .add(.insheader(index: index, name: header.name, value: header.value))
  }

  /// Changes or deletes a header.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/chghdrs``.
  /// - Parameters:
  ///   - name: the header's name, in any case.
  ///   - index: which of the headers of that name, from 1; behind the last, the header is added.
  ///     Delete several from the last to the first: with Postfix a deletion moves those behind it,
  ///     with Sendmail it does not.
  ///   - value: the new value; nil or an empty one deletes the header.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_chgheader`.
  public final func chgheader(_ name: String, _ index: Int, _ value: String?) throws {
    try chgheader(name, index, (value ?? "").utf8)
  }

  /// Changes a header to a value that need not be text; see ``chgheader(_:_:_:)-(_,_,String?)``.
  ///
  /// The corresponding libmilter function is `smfi_chgheader`.
  public final func chgheader(
    _ name: String, _ index: Int, _ value: some Collection<UInt8>
  ) throws {
    let header = try headerText(name, value, for: "chgheader")
    let index = try checked(index, for: "chgheader")
    try changing("chgheader")
      .add(.chgheader(index: index, name: header.name, value: header.value))
  }

  /// Changes the envelope's sender.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/chgfrom``.
  /// - Parameters:
  ///   - sender: the new sender, angle brackets optional; `<>` for none.
  ///   - args: ESMTP arguments such as `RET=HDRS`, separated by spaces; nil for none.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_chgfrom`.
  public final func chgfrom(_ sender: String, _ args: String? = nil) throws {
    let sender = try lineOfText(sender, "sender", for: "chgfrom")
    let arguments = try args.map { try lineOfText($0, "argument", for: "chgfrom") }
    try changing("chgfrom").add(.chgfrom(sender, arguments: arguments))
  }

  /// Adds a recipient.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/addrcpt``.
  /// - Parameter recipient: the address, angle brackets optional.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_addrcpt`.
  public final func addrcpt(_ recipient: String) throws {
    let recipient = try lineOfText(recipient, "recipient", for: "addrcpt")
    try changing("addrcpt").add(.addrcpt(recipient))
  }

  /// Adds a recipient with ESMTP arguments.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/addrcptPar``.
  /// - Parameters:
  ///   - recipient: the address, angle brackets optional.
  ///   - args: arguments such as `NOTIFY=NEVER`, separated by spaces; nil for none.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_addrcpt_par`.
  public final func addrcptPar(_ recipient: String, _ args: String? = nil) throws {
    let recipient = try lineOfText(recipient, "recipient", for: "addrcptPar")
    let arguments = try args.map { try lineOfText($0, "argument", for: "addrcptPar") }
    try changing("addrcptPar").add(.addrcptPar(recipient, arguments: arguments))
  }

  /// Deletes a recipient.
  ///
  /// May be called in `eom` only. Needs ``MilterCore/MilterActionFlags/delrcpt``.
  /// - Parameter recipient: the address exactly as `envrcpt` got it, angle brackets optional.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_delrcpt`.
  public final func delrcpt(_ recipient: String) throws {
    let recipient = try lineOfText(recipient, "recipient", for: "delrcpt")
    try changing("delrcpt").add(.delrcpt(recipient))
  }

  /// Replaces the body, or adds to the replacement.
  ///
  /// May be called in `eom` only, several times: the pieces follow each other. Needs
  /// ``MilterCore/MilterActionFlags/chgbody``. Other actions called in between are sent when the
  /// body is complete: MTAs take them for its end.
  /// - Parameter body: lines ended by CR LF; nothing, to make the body empty.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere or not negotiated.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  public final func replacebody(_ body: RawSpan) throws {
    try changing("replacebody").replacebody(body)
  }

  /// Replaces the body by bytes; see ``replacebody(_:)-(RawSpan)``.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  public final func replacebody(_ body: some Collection<UInt8>) throws {
    try replacebody(Array(body).span.bytes)
  }

  /// Replaces the body by text in UTF-8; see ``replacebody(_:)-(RawSpan)``.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  public final func replacebody(_ body: String) throws {
    try replacebody(Array(body.utf8).span.bytes)
  }

  /// Holds the message back: Sendmail's quarantine, Postfix's hold queue.
  ///
  /// May be called in `eom` only; a verdict has to follow all the same. Needs
  /// ``MilterCore/MilterActionFlags/quarantine``.
  /// - Parameter reason: one line for the administrator; Postfix keeps 100 bytes.
  /// - Throws: ``MilterCore/MilterError`` if called elsewhere, not negotiated, or malformed.
  ///
  /// The corresponding libmilter function is `smfi_quarantine`.
  public final func quarantine(_ reason: String) throws {
    try changing("quarantine")
      .add(.quarantine(try lineOfText(reason, "reason", for: "quarantine")))
  }

  /// Tells the MTA that the filter is still at work, and to wait longer for it.
  ///
  /// In `eom` Postfix waits for `milter_content_timeout` (300 s) from one sign of life to the next,
  /// Sendmail for the `R` of the filter's timeouts (10 s), and for the `E` (5 min) in all.
  ///
  /// May be called in `eom`, and with Postfix in every callback from `connect` on. It is sent at
  /// once, ahead of the changes that are held until `eom` returns. When a new body larger than
  /// ``MilterConfiguration/maxHeldChanges`` is being sent already, its next byte is the sign of life,
  /// at most every 100 milliseconds.
  /// - Throws: ``MilterCore/MilterError`` where the MTA could not take it, and an error of the
  ///   socket if the MTA is gone.
  ///
  /// The corresponding libmilter function is `smfi_progress`.
  public final func progress() throws {
    try attached("progress").progress()
  }
}

extension MilterBase {
  /// The connection, for an action that changes the message.
  private final func changing(_ function: String) throws(MilterError) -> Conversation {
    guard !changesValues else {
      throw MilterError(
        .wrongTime,
        "\(function): change the message that a MessageMilter gets; its plan does the rest")
    }
    return try attached(function)
  }

  /// A header field as the MTA takes it.
  private final func headerText(
    _ name: String, _ value: some Collection<UInt8>, for function: String
  ) throws(MilterError) -> HeaderText {
    // The MTA adds the space that the filter has written.
    guard fakesLeadingSpace, value.first == 0x20, value.count > 1 else {
      return try HeaderText(name, value, for: function)
    }
    return try HeaderText(name, value.dropFirst(), for: function)
  }
}

private func checked(_ index: Int, for function: String) throws(MilterError) -> UInt32 {
  guard let index = UInt32(exactly: index) else {
    throw MilterError(.invalidArgument, "\(function): the index \(index) is out of range")
  }
  return index
}

/// The text's bytes, if it is one line.
private func lineOfText(
  _ text: String, _ what: String, for function: String
) throws(MilterError) -> [UInt8] {
  let bytes = Array(text.utf8)
  guard !bytes.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
    throw MilterError(.invalidArgument, "\(function): the \(what) contains CR, LF or NUL")
  }
  return bytes
}

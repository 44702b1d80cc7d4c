import MilterCore
import MilterRuntime

// Every action may be called only in `eom`, and in the last `body` call if the MTA sends body and end in one packet.
// It needs a flag that was negotiated. All actions throw MilterError: `wrongTime`, `notNegotiated`, `timedOut` or
// `invalidArgument`. Large changes are sent at once, so the actions also throw SocketError, and Swift cannot type two
// errors. DocumentationTests checks that each comment names its flag and both MTAs.

extension MilterBase {
  /// Adds a header field.
  ///
  /// Postfix appends the field to the header. Sendmail does the same, but inserts it before an existing field
  /// of that name.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/addhdrs``.
  /// - Parameters:
  ///   - name: Printable ASCII without a colon.
  ///   - value: The value. LF or CR LF is allowed if the next line begins with a space or tab.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_addheader`.
  public final func addheader(_ name: String, _ value: String) throws {
    try addheader(name, value.utf8)
  }

  /// Adds a header field with a value that need not be text; see ``addheader(_:_:)-(_,String)``.
  ///
  /// The corresponding libmilter function is `smfi_addheader`.
  public final func addheader(_ name: String, _ value: some Collection<UInt8>) throws {
    if try addheaderPlainly(name, value) { return }
    let header = try headerText(name, value, for: "addheader")
    try changing("addheader").add(.addheader(name: header.name, value: header.value))
  }

  /// Inserts a header field at a position.
  ///
  /// Both MTAs insert it at the top for index 0, Postfix above its own `Received`. Use no other index if the
  /// filter serves both: Postfix counts its own `Received`, which filters do not see, and Sendmail counts fields of
  /// its configuration that the message does not have.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/addhdrs``.
  /// - Parameters:
  ///   - index: 0 for the top, 1 for the place after the first header field, and so on.
  ///   - name: Printable ASCII without a colon.
  ///   - value: The value. LF or CR LF is allowed if the next line begins with a space or tab.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_insheader`.
  public final func insheader(_ index: Int, _ name: String, _ value: String) throws {
    try insheader(index, name, value.utf8)
  }

  /// Inserts a header field with a value that need not be text; see ``insheader(_:_:_:)-(_,_,String)``.
  ///
  /// The corresponding libmilter function is `smfi_insheader`.
  public final func insheader(
    _ index: Int, _ name: String, _ value: some Collection<UInt8>
  ) throws {
    let header = try headerText(name, value, for: "insheader")
    let index = try checked(index, "index", for: "insheader")
    try changing("insheader")
      .add(.insheader(index: index, name: header.name, value: header.value))
  }

  /// Changes or deletes a header field.
  ///
  /// Both MTAs count the fields of this name that they show to the filter, and append the field if the index is
  /// larger than their number. To delete several fields, start with the last one: after a deletion, Postfix
  /// renumbers the following fields, and Sendmail does not.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/chghdrs``.
  /// - Parameters:
  ///   - name: The field's name, in any case.
  ///   - index: The number of the field among those of that name, starting at 1.
  ///   - value: The new value; `nil` or an empty value deletes the field.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_chgheader`.
  public final func chgheader(_ name: String, _ index: Int, _ value: String?) throws {
    try chgheader(name, index, (value ?? "").utf8)
  }

  /// Changes a header field to a value that need not be text; see ``chgheader(_:_:_:)-(_,_,String?)``.
  ///
  /// The corresponding libmilter function is `smfi_chgheader`.
  public final func chgheader(
    _ name: String, _ index: Int, _ value: some Collection<UInt8>
  ) throws {
    let header = try headerText(name, value, for: "chgheader")
    let index = try checked(index, "index", for: "chgheader")
    try changing("chgheader")
      .add(.chgheader(index: index, name: header.name, value: header.value))
  }

  /// Deletes the first header fields of a name, for example those that the sender forged.
  ///
  /// This is ``chgheader(_:_:_:)-(_,_,String?)`` with `nil` for each field, from the last one to the first.
  /// Postfix and Sendmail delete the same fields in this order. In another order they do not, because Postfix
  /// renumbers the following fields after a deletion, and Sendmail does not.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/chghdrs``.
  /// - Parameters:
  ///   - name: The field's name, in any case.
  ///   - count: The number of fields, which the filter has counted in `header`; 0 deletes nothing.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// libmilter has no equivalent.
  public final func delheaders(_ name: String, _ count: Int) throws {
    let count = try checked(count, "count", for: "delheaders")
    for index in stride(from: Int(count), to: 0, by: -1) { try chgheader(name, index, nil) }
  }

  /// Changes the envelope sender.
  ///
  /// Postfix accepts the arguments `RET` and `ENVID` from version 3.3 on, and ignores others with a warning in
  /// its log. Sendmail checks arguments strictly; the filter does not learn the result.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/chgfrom``.
  /// - Parameters:
  ///   - sender: The new sender, angle brackets optional; `<>` for the null sender.
  ///   - args: ESMTP arguments such as `RET=HDRS`, separated by spaces; `nil` for none.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_chgfrom`.
  public final func chgfrom(_ sender: String, _ args: String? = nil) throws {
    let sender = try lineOfText(sender, "sender", for: "chgfrom")
    let arguments = try args.map { try lineOfText($0, "argument", for: "chgfrom") }
    try changing("chgfrom").add(.chgfrom(sender, arguments: arguments))
  }

  /// Adds a recipient.
  ///
  /// Postfix and Sendmail deliver the message to this recipient in addition to the others. The client does not
  /// learn of it.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/addrcpt``.
  /// - Parameter recipient: The address, angle brackets optional.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_addrcpt`.
  public final func addrcpt(_ recipient: String) throws {
    let recipient = try lineOfText(recipient, "recipient", for: "addrcpt")
    try changing("addrcpt").add(.addrcpt(recipient))
  }

  /// Adds a recipient with ESMTP arguments.
  ///
  /// Postfix accepts `NOTIFY` and `ORCPT` from version 3.0 on, and ignores others with a warning in its log.
  /// Sendmail checks arguments strictly; the filter does not learn the result.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/addrcptPar``.
  /// - Parameters:
  ///   - recipient: The address, angle brackets optional.
  ///   - args: Arguments such as `NOTIFY=NEVER`, separated by spaces; `nil` for none.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_addrcpt_par`.
  public final func addrcptPar(_ recipient: String, _ args: String? = nil) throws {
    let recipient = try lineOfText(recipient, "recipient", for: "addrcptPar")
    let arguments = try args.map { try lineOfText($0, "argument", for: "addrcptPar") }
    try changing("addrcptPar").add(.addrcptPar(recipient, arguments: arguments))
  }

  /// Deletes a recipient.
  ///
  /// Postfix and Sendmail compare the address with what the client sent. In Postfix, case also counts. Postfix
  /// also removes the recipients to which an alias has expanded the address.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/delrcpt``.
  /// - Parameter recipient: The address exactly as `envrcpt` got it, angle brackets optional.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_delrcpt`.
  public final func delrcpt(_ recipient: String) throws {
    let recipient = try lineOfText(recipient, "recipient", for: "delrcpt")
    try changing("delrcpt").add(.delrcpt(recipient))
  }

  /// Replaces the body, or continues the replacement.
  ///
  /// May be called only in `eom`, any number of times: the new body consists of all parts in order. Needs
  /// ``/MilterCore/MilterActionFlags/chgbody``.
  ///
  /// Postfix treats another action between two parts as the end of the new body. So the library sends such
  /// actions after the body, to Postfix and to Sendmail.
  /// - Parameter body: The bytes, with lines that end with CR LF. To make the body empty, pass no bytes.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere or was not negotiated; `SocketError` if the
  ///   connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  public final func replacebody(_ body: RawSpan) throws {
    try changing("replacebody").replacebody(body)
  }

  /// Replaces the body with bytes; see ``replacebody(_:)-(RawSpan)``.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  public final func replacebody(_ body: some Collection<UInt8>) throws {
    try replacebody(Array(body).span.bytes)
  }

  /// Replaces the body with text in UTF-8; see ``replacebody(_:)-(RawSpan)``.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  public final func replacebody(_ body: String) throws {
    try replacebody(Array(body.utf8).span.bytes)
  }

  /// Holds the message for an administrator.
  ///
  /// Postfix puts the message into its hold queue and keeps 100 bytes of the reason. Sendmail quarantines it in its
  /// queue, with the reason. `eom` must still return a status that accepts the message.
  ///
  /// May be called only in `eom`. Needs ``/MilterCore/MilterActionFlags/quarantine``.
  /// - Parameter reason: One line for the administrator.
  /// - Throws: ``/MilterCore/MilterError`` if it is called elsewhere, was not negotiated, or has a malformed argument;
  ///   `SocketError` if the connection has ended.
  ///
  /// The corresponding libmilter function is `smfi_quarantine`.
  public final func quarantine(_ reason: String) throws {
    try changing("quarantine")
      .add(.quarantine(try lineOfText(reason, "reason", for: "quarantine")))
  }

  /// Tells the MTA that the filter is still working, so that the MTA waits longer.
  ///
  /// May be called in `eom`; under Postfix, in every callback from `connect` on. In `eom` Postfix starts
  /// `milter_content_timeout` (300 s) again. Sendmail starts the `R` of the filter's timeouts (10 s) again, but not
  /// its `E` (5 min), which limits the whole `eom`.
  ///
  /// The packet is sent at once, before the changes that are held until `eom` returns. If a new body larger
  /// than ``MilterConfiguration/maxHeldChanges`` is already being sent, the library sends the next byte of the
  /// body instead of the packet, at most every 100 milliseconds.
  /// - Throws: ``/MilterCore/MilterError`` if the MTA does not accept the packet; `SocketError` if the
  ///   connection has ended.
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

  /// A header field in the form that the MTA accepts.
  private final func headerText(
    _ name: String, _ value: some Collection<UInt8>, for function: String
  ) throws(MilterError) -> HeaderText {
    // The MTA adds a space, so the filter's space must be removed.
    guard fakesLeadingSpace, value.first == 0x20, value.count > 1 else {
      return try HeaderText(name, value, for: function)
    }
    return try HeaderText(name, value.dropFirst(), for: function)
  }
}

private func checked(
  _ number: Int, _ what: String, for function: String
) throws(MilterError) -> UInt32 {
  guard let number = UInt32(exactly: number) else {
    throw MilterError(.invalidArgument, "\(function): the \(what) \(number) is out of range")
  }
  return number
}

/// Returns the text's bytes if it is one line.
private func lineOfText(
  _ text: String, _ what: String, for function: String
) throws(MilterError) -> [UInt8] {
  let bytes = Array(text.utf8)
  guard !bytes.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
    throw MilterError(.invalidArgument, "\(function): the \(what) contains CR, LF or NUL")
  }
  return bytes
}

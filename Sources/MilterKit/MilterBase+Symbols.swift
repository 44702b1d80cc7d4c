import MilterRuntime

extension MilterBase {
  /// Returns the value of a macro of the MTA, such as ``/MilterCore/MilterMacroName/queueID``.
  ///
  /// May be called in every callback. Macros of earlier stages are available: those sent with MAIL are still
  /// set in `eom`. Macros of the previous message are not. ``macros`` declares the macros that the MTA should
  /// send.
  /// - Parameter macro: The name.
  /// - Returns: The value; `nil` if the MTA has not sent the macro.
  ///
  /// The corresponding libmilter function is `smfi_getsymval`.
  public final func getsymval(_ macro: MilterMacroName) -> String? {
    context?.session.symbols[macro].map { String(decoding: $0, as: UTF8.self) }
  }

  /// Returns the value of a macro of the MTA, such as `i` (the queue ID) or `{auth_authen}`; see
  /// ``getsymval(_:)-(MilterMacroName)``.
  ///
  /// - Parameter name: The name; braces are optional.
  /// - Returns: The value; `nil` if the MTA has not sent the macro.
  ///
  /// The corresponding libmilter function is `smfi_getsymval`, which needs braces around names of more than one
  /// letter.
  public final func getsymval(_ name: String) -> String? { getsymval(MilterMacroName(name)) }

  /// Whether the MTA itself has rejected the recipient of the current `envrcpt`.
  ///
  /// It is always `false` unless the filter gets rejected recipients; see ``rejectedRecipients``. The macro
  /// `{rcpt_mailer}` alone does not show a rejection: Postfix sends `error` also for an accepted recipient of a
  /// virtual alias domain.
  ///
  /// libmilter has no equivalent.
  public final var isRejectedRecipient: Bool {
    // A copy of the session would cost time for each recipient.
    context?.session.agreed.steps.contains(.rcptRej) == true
      && context?.session.symbols.isRecipientRefused == true
  }

  /// Requests macros at a stage, instead of the MTA's default macros.
  ///
  /// May be called only in `negotiate`, once for each stage.
  /// - Parameters:
  ///   - stage: The command before which the MTA sends the macros.
  ///   - macros: The names, separated by spaces. If it is empty, Sendmail sends no macros, and Postfix 3.7
  ///     sends its default macros.
  /// - Throws: ``/MilterCore/MilterError`` if the method is called elsewhere or twice, or if the MTA does not
  ///   offer ``/MilterCore/MilterActionFlags/setsymlist``. With ``macros``, such an MTA is not an error.
  ///
  /// The corresponding libmilter function is `smfi_setsymlist`.
  public final func setsymlist(_ stage: MilterStage, _ macros: String) throws(MilterError) {
    try attached("setsymlist").session.setsymlist(stage, Array(macros.utf8))
  }
}

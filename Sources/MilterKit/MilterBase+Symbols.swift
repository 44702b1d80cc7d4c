import MilterRuntime

extension MilterBase {
  /// The value of a macro of the MTA, such as ``/MilterCore/MilterMacroName/queueID``.
  ///
  /// May be called in every callback. Macros reach back: those sent with MAIL are there in `eom`,
  /// those of the message before are not. ``macros`` declares which ones the MTA should send.
  /// - Parameter macro: the name.
  /// - Returns: nil if the MTA has not sent it.
  ///
  /// The corresponding libmilter function is `smfi_getsymval`.
  public final func getsymval(_ macro: MilterMacroName) -> String? {
    context?.session.symbols[macro].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The value of a macro of the MTA, such as `i` (the queue ID) or `{auth_authen}`; see
  /// ``getsymval(_:)-(MilterMacroName)``.
  ///
  /// - Parameter name: the name; braces are optional.
  /// - Returns: nil if the MTA has not sent it.
  ///
  /// The corresponding libmilter function is `smfi_getsymval`, which needs the braces around names of
  /// more than one letter.
  public final func getsymval(_ name: String) -> String? { getsymval(MilterMacroName(name)) }

  /// The current callback's arguments, byte for byte as the MTA sent them.
  ///
  /// For `connect` the host and, if known, the address; for `envfrom` and `envrcpt` the address
  /// and the ESMTP arguments; for `header` name and value; for `body` the chunk.
  public final var rawArguments: [[UInt8]] { context?.rawArguments ?? [] }

  /// A header field exactly as it stands in the message, with its line ends: `Subject: one\r\n`.
  ///
  /// There is one in ``Milter/header(_:_:)`` only; elsewhere it is empty. Use it to pass the message to
  /// a scanner or to compute a signature: the field, for each header; `\r\n` at ``Milter/eoh()``; the
  /// chunks of ``Milter/body(_:)``.
  ///
  /// Declare ``leadingSpace`` to get what follows the colon exactly. Otherwise the MTA drops one space,
  /// and one is put there before a value that is not empty.
  public final var rawHeader: [UInt8] { context?.rawHeader ?? [] }

  /// The server's log, for lines about this connection and, once its queue id is known, this message.
  ///
  /// May be called in every callback, and in `init()`, before there is a connection; a filter that no
  /// server made then writes to standard error. ``MilterConfiguration/log`` sets the destination and the
  /// level. The library writes no mail content above ``MilterLogLevel/debug``, and neither should a filter.
  ///
  /// The corresponding call of C filters is `syslog()`.
  public final var log: MilterLog { context?.filterLog ?? MilterLog.making ?? MilterLog() }

  /// The log of the process's server, for lines about the program as a whole.
  ///
  /// Use it in ``prepare()``, ``prepareAsRoot()``, and ``reload()``. It is that of the
  /// ``MilterServer`` that was made last, and standard error before there is one.
  public static var log: MilterLog { MilterLog.making ?? MilterLog.ofProcess }

  /// Has the server stop: it accepts no connection any more, and messages under way get their verdict.
  ///
  /// May be called in every callback; the callback goes on, and its status is sent.
  /// ``MilterServer/run()`` returns after at most ``MilterConfiguration/drain``, and a filter program
  /// then ends with status 0.
  ///
  /// The corresponding libmilter function is `smfi_stop`.
  public final func stopServer() { context?.requestStop?() }

  /// Asks the MTA for macros at a stage, in place of those it sends by itself.
  ///
  /// May be called in `negotiate` only, once for each stage.
  /// - Parameters:
  ///   - stage: The command before which the MTA sends them.
  ///   - macros: the names, separated by spaces; empty for none, which Postfix (3.7) takes for
  ///     those it sends by itself.
  /// - Throws: ``/MilterCore/MilterError`` if called elsewhere or twice, or if the MTA does not
  ///   offer ``/MilterCore/MilterActionFlags/setsymlist``; ``macros`` declares a wish that such an
  ///   MTA need not fulfill.
  ///
  /// The corresponding libmilter function is `smfi_setsymlist`.
  public final func setsymlist(_ stage: MilterStage, _ macros: String) throws {
    try attached("setsymlist").session.setsymlist(stage, Array(macros.utf8))
  }

  /// The filter's connection.
  ///
  /// - Throws: an error if the filter has no connection yet. It also has none after its callback has exceeded the time
  ///   limit and the MTA got an answer without it.
  final func attached(_ function: String) throws(MilterError) -> Conversation {
    guard let context else {
      throw MilterError(.wrongTime, "\(function) may be called in callbacks only")
    }
    try context.checkTime()
    return context
  }
}

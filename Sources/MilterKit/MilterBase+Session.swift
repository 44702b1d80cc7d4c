import MilterRuntime

extension MilterBase {
  /// The current callback's arguments, byte for byte as the MTA sent them.
  ///
  /// In `connect`, these are the host and, if known, the address; in `envfrom` and `envrcpt`, the address and
  /// the ESMTP arguments; in `header`, the name and the value; in `body`, the chunk.
  public final var rawArguments: [[UInt8]] { context?.rawArguments ?? [] }

  /// A header field exactly as it is in the message, with its line ends: `Subject: one\r\n`.
  ///
  /// The field is available only in ``Milter/header(_:_:)-(String,_)``, and otherwise empty. To pass the message to a
  /// scanner or to compute a signature, use this field for each header field, `\r\n` in ``Milter/eoh()``, and
  /// the chunks of ``Milter/body(_:)``.
  ///
  /// Declare ``leadingSpace`` to get the bytes after the colon exactly. Otherwise, the MTA drops one space, and
  /// the library adds one before a value that is not empty.
  public final var rawHeader: [UInt8] { context?.rawHeader ?? [] }

  /// The server's log, for lines about this connection and, once its queue ID is known, this message.
  ///
  /// May be called in every callback and in `init()`, before there is a connection. A filter without a server
  /// writes to standard error, and so does a task that `init()` starts while there is no connection.
  /// ``MilterConfiguration/log`` sets the destination and the level. The library writes no mail content above
  /// ``MilterLogLevel/debug``, and filters should not either.
  ///
  /// The corresponding call of C filters is `syslog()`.
  public final var log: MilterLog { context?.filterLog ?? InitializerLog.log ?? MilterLog() }

  /// The log of the process's server, for lines about the program as a whole.
  ///
  /// Use it in ``prepare()``, ``prepareAsRoot()``, and ``reload()``. It is the log of the last ``MilterServer``
  /// that was created, or standard error without a server.
  public static var log: MilterLog { InitializerLog.log ?? MilterLog.ofProcess }

  /// Stops the server: it accepts no more connections, and messages in progress get their verdict.
  ///
  /// May be called in every callback. The callback continues, and its status is sent. ``MilterServer/run()``
  /// returns after at most ``MilterConfiguration/drain``, and a filter program then ends with status 0.
  ///
  /// The corresponding libmilter function is `smfi_stop`.
  public final func stopServer() { context?.requestStop?() }

  /// Returns the filter's connection.
  ///
  /// - Throws: An error if the filter has no connection yet. It also has none after its callback has exceeded
  ///   the time limit, and the MTA has got an answer without it.
  final func attached(_ function: String) throws(MilterError) -> Conversation {
    guard let context else {
      throw MilterError(.wrongTime, "\(function) may be called in callbacks only")
    }
    try context.checkTime()
    return context
  }
}

extension FilterSession {
  /// Adds an action to the output.
  ///
  /// - Parameters:
  ///   - action: A reply that changes the message. For ``FilterReply/replacebody(_:)``, use
  ///     ``replacebody(_:to:)``.
  ///   - output: The buffer for the action.
  /// - Throws: ``MilterError/Code/wrongTime`` outside the end of a message,
  ///   ``MilterError/Code/notNegotiated``, ``MilterError/Code/invalidArgument``.
  public func add(_ action: FilterReply, to output: inout ReplyBuffer) throws(MilterError) {
    try check(action)
    output.append(change: action)
  }

  /// Adds an action to the output, without the copy of the session that ``add(_:to:)`` may need.
  package mutating func addInPlace(
    _ action: FilterReply, to output: inout ReplyBuffer
  ) throws(MilterError) {
    try check(action)
    output.append(change: action)
  }

  /// Adds a header field, if it is allowed; returns whether it did.
  ///
  /// If not, call ``addInPlace(_:to:)``, which throws the error. The name and the value must not contain a NUL.
  package mutating func addPlainly(
    header name: Span<UInt8>, _ value: Span<UInt8>, to output: inout ReplyBuffer
  ) -> Bool {
    guard isTimeToChange, connection.agreed.actions.contains(.addhdrs), !name.isEmpty,
      name.count + value.count + 2 <= maximumPayload
    else { return false }
    output.append(header: name, value)
    return true
  }

  /// Adds a new body, or the next part of it.
  ///
  /// The corresponding libmilter function is `smfi_replacebody`.
  /// - Parameters:
  ///   - body: Any number of bytes, with CR LF at the end of each line; the method divides them into frames.
  ///   - output: The buffer for the frames.
  /// - Throws: ``MilterError/Code/wrongTime`` outside the end of a message, ``MilterError/Code/notNegotiated``,
  ///   ``MilterError/Code/invalidArgument`` if a C filter has limited frames to a size that is too small for
  ///   the body.
  public func replacebody(_ body: RawSpan, to output: inout ReplyBuffer) throws(MilterError) {
    try checkTime(.replacebody)
    try checkFlag(.replacebody)
    guard min(body.byteCount, bodyFrameSize) <= maximumPayload else {
      throw MilterError(
        .invalidArgument,
        "replacebody: \(body.byteCount) bytes do not fit into packets of \(maximumPayload)")
    }
    output.append(body: body, in: bodyFrameSize)
  }

  /// The maximum payload of a frame of a new body.
  package var bodyFrameSize: Int {
    rules.fitsBodyToPackets ? max(1, maximumPayload) : WireLimits.payload64K
  }

  /// Tells the MTA that the filter is still working.
  ///
  /// The reply is sent before held changes. If a new body is already being sent, a progress reply would end it,
  /// so the next part of the body is sent instead.
  /// - Throws: ``MilterError/Code/wrongTime`` if the MTA does not accept the reply at this step.
  public func progress(to output: inout ReplyBuffer) throws(MilterError) {
    guard takesProgress || !rules.checksProgress else {
      throw MilterError(
        .wrongTime,
        "progress may be called in eom only; elsewhere only Postfix accepts it, from connect on")
    }
    output.appendSignOfLife()
  }

  /// Whether the MTA accepts a progress reply at this step.
  ///
  /// Outside the end of a message, only Postfix accepts it, and the macro `{v}` identifies Postfix. Sendmail
  /// would treat the filter as broken.
  public var takesProgress: Bool {
    if message.isEnding { return true }
    return running != nil && symbols["v".utf8]?.starts(with: "Postfix".utf8) ?? false
  }

  @inline(__always)
  private func check(_ action: FilterReply) throws(MilterError) {
    try checkTime(action.code)
    try checkFlag(action.code)
    try action.check(maximumPayload: maximumPayload)
  }

  /// Whether the message may be changed.
  private var isTimeToChange: Bool {
    rules.changesAnsweredMessage ? state == .eom : message.isEnding
  }

  @inline(__always)
  private func checkTime(_ code: FilterReplyCode) throws(MilterError) {
    guard isTimeToChange else { throw wrongTime(code) }
  }

  private func wrongTime(_ code: FilterReplyCode) -> MilterError {
    MilterError(.wrongTime, "\(code) may be called in eom only")
  }

  @inline(__always)
  private func checkFlag(_ code: FilterReplyCode) throws(MilterError) {
    guard let flag = code.flag, connection.agreed.actions.contains(flag) else {
      throw MilterError(
        .notNegotiated,
        "\(code): the action \(code.flag ?? []) was not negotiated with the MTA")
    }
  }
}

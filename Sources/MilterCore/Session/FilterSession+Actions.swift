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
    try checkTime(action.code)
    try checkFlag(action.code)
    try action.check(maximumPayload: maximumPayload)
    output.append(change: action)
  }

  /// Adds an action to the output, without the copy of the session that ``add(_:to:)`` may need.
  package mutating func addInPlace(
    _ action: FilterReply, to output: inout ReplyBuffer
  ) throws(MilterError) {
    try add(action, to: &output)
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
    return isAnswerOwed && symbols["v".utf8]?.starts(with: "Postfix".utf8) ?? false
  }

  private func checkTime(_ code: FilterReplyCode) throws(MilterError) {
    let isTime = rules.changesAnsweredMessage ? state == .eom : message.isEnding
    guard isTime else { throw wrongTime(code) }
  }

  private func wrongTime(_ code: FilterReplyCode) -> MilterError {
    MilterError(.wrongTime, "\(code) may be called in eom only")
  }

  private func checkFlag(_ code: FilterReplyCode) throws(MilterError) {
    guard let flag = code.flag, connection.agreed.actions.contains(flag) else {
      throw MilterError(
        .notNegotiated,
        "\(code): the action \(code.flag ?? []) was not negotiated with the MTA")
    }
  }
}

extension FilterReplyCode {
  /// The flag that an action needs; `nil` for replies that are not actions.
  public var flag: MilterActionFlags? {
    switch self {
    case .addheader, .insheader: .addhdrs
    case .chgheader: .chghdrs
    case .chgfrom: .chgfrom
    case .addrcpt: .addrcpt
    case .addrcptPar: .addrcptPar
    case .delrcpt: .delrcpt
    case .replacebody: .chgbody
    case .quarantine: .quarantine
    case .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode,
      .progress, .shutdown, .connectionFailure:
      nil
    }
  }
}

extension FilterReply {
  /// Checks the arguments of an action: empty strings, NUL, and the packet's size.
  package func check(maximumPayload: Int) throws(MilterError) {
    var size = 0
    switch self {
    case .addheader(let name, let value):
      try check(name, "name")
      size = try checkNUL(name) + checkNUL(value)
    case .insheader(let index, let name, let value), .chgheader(let index, let name, let value):
      guard index <= Int32.max else {
        throw MilterError(.invalidArgument, "\(code): the index \(index) is too large")
      }
      try check(name, "name")
      size = try 4 + checkNUL(name) + checkNUL(value)
    case .chgfrom(let address, let arguments), .addrcptPar(let address, let arguments):
      try check(address, "address")
      size = try checkNUL(address)
      if let arguments { size += try checkNUL(arguments) }
    case .addrcpt(let address), .delrcpt(let address):
      try check(address, "address")
      size = try checkNUL(address)
    case .quarantine(let reason):
      try check(reason, "reason")
      size = try checkNUL(reason)
    case .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode,
      .progress, .shutdown, .connectionFailure, .replacebody:
      break
    }
    guard size <= maximumPayload else {
      throw MilterError(
        .invalidArgument,
        "\(code): \(size) bytes do not fit into one packet of \(maximumPayload)")
    }
  }

  private func check(_ string: [UInt8], _ what: String) throws(MilterError) {
    guard !string.isEmpty else {
      throw MilterError(.invalidArgument, "\(code): the \(what) is empty")
    }
  }

  /// The number of bytes of a string in a packet.
  private func checkNUL(_ string: [UInt8]) throws(MilterError) -> Int {
    guard !string.contains(0) else {
      throw MilterError(.invalidArgument, "\(code): an argument contains NUL")
    }
    return string.count + 1
  }
}

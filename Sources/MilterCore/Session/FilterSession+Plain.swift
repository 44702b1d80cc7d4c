/// A fast path for the usual case: macros, and commands in order that only call their callback, which returns
/// continue.
///
/// ``receive(_:_:)`` and ``answer(_:to:)`` do the same with three times as many instructions. PlainStepTests
/// compares both for every command in every state.
extension FilterSession {
  /// The result of a command.
  @usableFromInline package enum PlainStep: Equatable, Sendable {
    /// The fast path did nothing; call ``FilterSession/receive(_:_:)``.
    case unknown
    /// The command is complete.
    case done
    /// Call this callback, and pass its status to ``FilterSession/answerPlainly(_:from:to:)``.
    case call(MilterCallback)
  }

  /// Handles a command, if it is one of the usual ones and in order.
  @inlinable @inline(__always)
  package mutating func receivePlainly(_ code: UInt8, _ payload: Span<UInt8>) -> PlainStep {
    let callback: MilterCallback
    switch code {
    case MilterCallback.header.command.rawValue where !payload.isEmpty: callback = .header
    case MilterCallback.body.command.rawValue where !payload.isEmpty: callback = .body
    case MilterCallback.envrcpt.command.rawValue where !payload.isEmpty: callback = .envrcpt
    case MilterCallback.data.command.rawValue: callback = .data
    case MilterCallback.eoh.command.rawValue: callback = .eoh
    case MTACommandCode.macro.rawValue: return storePlainly(payload) ? .done : .unknown
    default: return .unknown
    }
    let wanted = connection.plainCommands.rawValue
    guard hasBegunMessage, message.isPlain,
      wanted & connection.transitions.commands(in: reached).rawValue & Commands.bit(code) != 0
    else { return .unknown }
    if callback == .envrcpt { client.symbols.removeAll(after: .envrcpt) }
    reached = callback.state
    running = callback
    return .call(callback)
  }

  /// Stores macros; `false` if there are none, or too many.
  @usableFromInline mutating func storePlainly(_ payload: Span<UInt8>) -> Bool {
    guard !payload.isEmpty else { return false }
    do {
      try client.symbols.store(payload)
      return true
    } catch {
      return false
    }
  }

  /// Sends the reply for the status of a callback that ``receivePlainly(_:_:)`` returned, if the status is
  /// continue or noreply.
  ///
  /// - Returns: Whether it did. If not, call ``answer(_:to:)``.
  @inlinable @inline(__always)
  package mutating func answerPlainly(
    _ status: MilterStatus, from callback: MilterCallback, to output: inout ReplyBuffer
  ) -> Bool {
    let one = MilterCallbacks(callback)
    guard
      status == .continue
        || status == .noreply && connection.noReplyCallbacks.contains(one),
      message.isPlain
    else { return false }
    running = nil
    if !connection.silentCallbacks.contains(one) { output.appendContinue() }
    return true
  }

  /// Determines, after the negotiation, the commands and callbacks for the fast path.
  mutating func preparePlainSteps() {
    connection.plainCommands = []
    connection.noReplyCallbacks = []
    connection.silentCallbacks = []
    for callback in [MilterCallback.envrcpt, .data, .header, .eoh, .body] {
      let one = MilterCallbacks(callback)
      if callbacks.contains(one) { connection.plainCommands.insert(Commands(callback.command)) }
      if connection.noReply.contains(callback.nrFlag) { connection.noReplyCallbacks.insert(one) }
      if connection.agreed.steps.contains(callback.nrFlag) {
        connection.silentCallbacks.insert(one)
      }
    }
  }
}

package import MilterCore

/// A fast path for most steps of a message, and for the reply continue.
///
/// It is for drivers that keep the content themselves and relay another MTA's macros, as a chain does.
/// ``perform(_:)``, ``takeOutput()``, and ``receive(_:)`` do the same with more than five times as many instructions.
/// PlainTellingTests compares both.
extension MTASession {
  /// Performs a step, if it needs no special treatment.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - output: An empty buffer. The bytes to send are appended here, and ``takeOutput()`` does not return them.
  /// - Returns: Whether the step was performed. If not, the session is unchanged, the contents of `output` are
  ///   meaningless, and the caller must use ``perform(_:)``.
  package mutating func performPlainly(_ step: MTAStep, to output: inout ByteWriter) -> Bool {
    let callback = step.callback
    let one = MilterCallbacks(callback)
    guard plainRules.steps.contains(one), !keepsContent, waiting == nil, steps.isEmpty,
      bodyRest.isEmpty, lastChunk.isEmpty, writer.isEmpty, !isClosed, !hasQuit, refusal == nil,
      case .none = settled, case .none = script, case .some = relayed
    else { return false }
    let isInContent = transaction?.plainContent()
    switch step {
    case .connect, .helo, .mail: guard case .none = transaction, !owesAbort else { return false }
    case .rcpt(let path): guard isInContent == false, path.refusal == nil else { return false }
    case .data:
      guard isInContent == false, transaction?.hasRecipients == true else { return false }
    default: guard isInContent == true else { return false }
    }
    let isLeftOut = plainRules.leftOut.contains(one)
    if let stage = step.stage, !isLeftOut || plainRules.named.contains(one) {
      relayed?.write(before: stage, plainRules.macroLists, to: &output)
    }
    guard isLeftOut || plainRules.write(step, to: &output) else { return false }
    if current?.begin(step) == nil { current = MTAExchange(step) }
    switch step {
    case .connect(let host, let address):
      client = Client(hasConnected: true, host: host, address: address)
    case .helo(let name): (client.hasSaidHelo, client.helo) = (true, name)
    case .mail(let path): beginMessage(path)
    case .rcpt(let path): transaction?.add(path)
    case .data:
      transaction?.hasQueueFile = true
      transaction?.isContent = true
    default: break
    }
    if isLeftOut {
      current?.fate = .leftOut
      return true
    }
    transaction?.isShown = true
    if plainRules.unanswered.contains(one) { current?.fate = .told } else { waiting = callback }
    return true
  }

  /// Processes the reply continue to a step that ``performPlainly(_:to:)`` has performed, if a reply is due and
  /// the filter has sent no other one before.
  package mutating func continuePlainly() {
    guard let callback = waiting else { return }
    replyCount += 1
    current?.replies = Self.continued
    if callback == .eom { end(.init(verdict: .accept, callback: .eom)) }
    lastAnswered = callback
    waiting = nil
  }

  private static let continued = [FilterReply.continue]
}

extension Transaction {
  /// Whether the content has begun; `nil` if the filter has given a verdict or skipped something.
  ///
  /// It changes nothing. It is mutating because the transaction would otherwise be copied for the call.
  fileprivate mutating func plainContent() -> Bool? {
    guard case .none = decision, skipped.isEmpty else { return nil }
    return isContent
  }
}

import MilterCore

extension Conversation {
  /// Whether the filter has no effect on mail.
  package var isShadow: Bool { shadow != nil }

  /// Checks and notes a change that must not be sent.
  func shade(_ action: FilterReply) throws(MilterError) {
    var nowhere = ReplyBuffer(session.rules)
    try session.add(action, to: &nowhere)
    shadow?.note(action)
  }

  /// Checks and notes a new body that must not be sent.
  func shadeBody(_ body: RawSpan) throws(MilterError) {
    var nowhere = ReplyBuffer(session.rules)
    try session.replacebody(body.extracting(first: 0), to: &nowhere)
    shadow?.noteBody(body.byteCount)
  }

  /// Logs the answer that a callback would have given.
  func tellShadow(_ callback: MilterCallback, _ status: MilterStatus) {
    guard let conclusion = shadow?.conclude(callback, status) else { return }
    log.about(callback, status).notice(conclusion.line)
    if conclusion.changes > 0 { counters?.add(conclusion.changes, to: .shadowedChanges) }
    if conclusion.isRefusal { counters?.add(to: .shadowedRefusals) }
  }
}

import MilterCore
import MilterMTA
import MilterRuntime

extension MilterChain {
  /// Sends the message to one member after the other, and carries out their changes.
  final func endOfMessage() throws -> Status {
    if let end = endedMessage(.eom) { return end }
    let early = tellData()
    guard early == .continue, let message else { return early }
    if message.isTooLarge { return try refuseLarge() }
    if let failure = message.failure { throw failure }
    let kind = mtaKind
    let changes = kind == .sendmail ? MTAProfile.sendmail.changes : MTAProfile.postfix.changes
    var edits = ChainEdits(message, changes, hasLeadingSpace: hasLeadingSpace)
    let macros = macros([.eoh, .eom])
    let time = timesSteps ? ChainTime(Self.timeLimits.content) : nil
    for link in links {
      edits.update()
      let message = edits.message
      let review = try link.review(message, { envelope(message, link.notes) }, macros, within: time)
      if let status = status(review.verdict, of: link, at: .eom) { return status }
      if review.sawHeader { edits.showHeader() }
      try edits.apply(review.changes, review.newBody, keepsSpace: link.keepsSpace)
      // Postfix shows a message that will be put on hold to no other filter.
      if kind == .postfix, review.changes.contains(where: { $0.code == .quarantine }) {
        log.put(.info, .verdict, "\(link.name) quarantines the message: it is the last to see it")
        break
      }
    }
    try send(edits)
    return .continue
  }

  private final func envelope(_ message: ChainMessage, _ notes: MilterNotes) -> ChainEnvelope {
    ChainEnvelope(
      client: client, sender: String(decoding: message.sender, as: UTF8.self),
      recipients: message.recipients.map { String(decoding: $0, as: UTF8.self) },
      size: message.headerSize + message.body.count, notes: notes)
  }

  private final func send(_ edits: ChainEdits) throws {
    let context = try attached("chain")
    for action in edits.actions { try context.add(action) }
    guard let body = edits.body else { return }
    if body.count == 0 { return try context.replacebody([UInt8]().span.bytes) }
    try body.forEachPiece { piece in
      try context.replacebody(piece.span.bytes)
      return true
    }
  }

  private final func refuseLarge() throws -> Status {
    let limit = Self.messageLimit
    log.notice("the message is larger than the chain takes: \(limit.policy.rawValue)")
    return try answerLarge(limit.policy)
  }
}

import MilterCore

/// A message and envelope while a filter's changes are carried out.
///
/// The changes are carried out one after the other. Each applies to the result of the changes before.
struct MailEdits: Sendable {
  private var mail: MTAMail
  private var header: HeaderEdits
  private var recipients: RecipientEdits
  private var newBody: [UInt8]?
  private var lineEnds = LineEnds()
  private let changes: MTAProfile.Changes
  private let dialect: MTAProfile.Dialect
  /// The changes of the header that are made at the end, all at once.
  private var pending: [FilterReply] = []
  /// The last header field, if the MTA keeps it with the body: no change of a header concerns it.
  private let mark: MTAHeader?

  init(_ mail: MTAMail, received: MTAHeader, profile: MTAProfile, leadingSpace: Bool) {
    self.mail = mail
    changes = profile.changes
    dialect = profile.dialect
    let isMarked = profile.intake.marks(mail.message)
    mark = isMarked ? mail.message.headers.last : nil
    header = HeaderEdits(
      isMarked ? mail.message.headers.dropLast() : mail.message.headers, received: received,
      changes: changes, leadingSpace: leadingSpace)
    recipients = RecipientEdits(
      mail.envelope.recipients, changes: changes, dialect: profile.dialect)
  }

  /// The current message and envelope, without the MTA's own `Received`.
  var result: MTAMail {
    var result = mail
    result.message.headers =
      pending.isEmpty
      ? header.shown + keptMark : StalwartHeaders.changed(header.shown, by: pending)
    result.envelope.recipients = recipients.all
    if var body = newBody, dialect == .complete || !body.isEmpty {
      if changes.endsLastLine, !body.isEmpty, body.last != 0x0A { body += MTAMessage.lineEnd }
      result.message.body = body
    }
    return result
  }

  /// The header for the queue.
  var queuedHeaders: [MTAHeader] {
    guard dialect == .stalwart else { return header.all + keptMark }
    // The MTA's own field is the first.
    return header.all.prefix(1) + StalwartHeaders.changed(header.shown, by: pending)
  }

  /// The field that the MTA keeps with the body, until there is a new body.
  private var keptMark: [MTAHeader] { newBody == nil ? mark.map { [$0] } ?? [] : [] }

  /// Carries out a change; returns a warning if it is unusual.
  mutating func apply(_ action: FilterReply) -> String? {
    switch action {
    case .addheader, .insheader, .chgheader, .quarantine:
      if dialect == .stalwart {
        pending.append(action)
        return nil
      }
    default: break
    }
    switch action {
    case .addheader(let name, let value): header.add(name, value)
    case .insheader(let index, let name, let value): header.insert(at: index, name, value)
    case .chgheader(let index, let name, let value): return header.change(index, name, value)
    case .chgfrom(let address, let arguments): return chgfrom(address, .init(arguments))
    case .addrcpt(let address): return recipients.add(.init(address))
    case .addrcptPar(let address, let arguments):
      return recipients.add(.init(address, arguments: .init(arguments)))
    case .delrcpt(let address): return recipients.delete(address)
    case .replacebody(let chunk):
      newBody = newBody ?? []
      newBody? += dialect == .complete ? lineEnds.completed(chunk) : chunk
    case .quarantine, .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip,
      .replycode, .progress, .shutdown, .connectionFailure:
      break
    }
    return nil
  }

  private mutating func chgfrom(_ address: [UInt8], _ arguments: [[UInt8]]) -> String? {
    let isReset = changes.resetsSenderArguments && !arguments.isEmpty
    let isTaken =
      isReset ? ESMTPArgument.isOfSendmailSender : ESMTPArgument.isOfSender
    let bad = changes.badArgument == .kept ? [] : arguments.filter { !isTaken($0) }
    var kept = arguments.filter { !bad.contains($0) }
    if changes.keepsSenderArguments {
      let keywords = kept.map { ESMTPArgument.parts($0).keyword }
      kept =
        mail.envelope.sender.arguments.filter {
          let keyword = ESMTPArgument.parts($0).keyword
          return !keywords.contains(keyword) && (!isReset || keyword == "SIZE")
        } + kept
    }
    mail.envelope.sender = .init(address, arguments: kept)
    return bad.first.map { "chgfrom: \(VisibleText.escaped($0)) is not an argument of a sender" }
  }
}

extension [[UInt8]] {
  /// Splits ESMTP arguments of a filter into words; empty for `nil`.
  fileprivate init(_ arguments: [UInt8]?) {
    self = MTAEnvelope.Path.split(arguments ?? [])
  }
}

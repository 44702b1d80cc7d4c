import MilterCore
import MilterMTA

/// The changes of all members as one sequence of actions for the MTA.
///
/// The MTA treats the actions as those of one filter, and counts header fields accordingly. Where it would
/// count differently for several filters, the numbers are converted.
struct ChainEdits {
  /// The last new body, with CR LF at the end of its lines; `nil` if no member replaces the body.
  private(set) var body: ChainBody?
  /// The actions for the MTA; `nil` where a later change has made an action unnecessary.
  private var plan: [FilterReply?] = []
  /// The header; `nil` until a member changes it.
  private var header: HeaderEdits?
  /// Whether the header has changed, and the message does not have the changes yet.
  private var isHeaderNew = false
  /// Whether a member got the header before that change.
  private var isHeaderShown = false
  private let changes: MTAProfile.Changes
  private let hasLeadingSpace: Bool
  /// The message for the next member; ``update()`` gives it the header.
  private(set) var message: ChainMessage
  /// The positions in the plan where recipients are added.
  private var added: [[UInt8]: [Int]] = [:]
  /// The position in the plan of the quarantine.
  private var quarantine: Int?

  init(_ message: ChainMessage, _ changes: MTAProfile.Changes, hasLeadingSpace: Bool) {
    self.changes = changes
    self.hasLeadingSpace = hasLeadingSpace
    self.message = message
  }

  /// The actions for the MTA, in order; the body comes last.
  var actions: [FilterReply] { plan.compactMap(\.self) }

  /// Notes that a member gets the header.
  mutating func showHeader() {
    isHeaderShown = true
    header?.forgetDeleted()
  }

  /// Carries out the changes of the message's header, before another member gets the message.
  mutating func update() {
    guard isHeaderNew, let header else { return }
    isHeaderNew = false
    message.show(header.shown)
  }

  /// Adds the changes that one member requests, and carries them out for the next members.
  ///
  /// - Parameters:
  ///   - replies: The changes, without the new body.
  ///   - newBody: The new body, if there is one.
  ///   - keepsSpace: Whether the member's header values include the space after the colon.
  /// - Throws: An error if a new body cannot be kept.
  mutating func apply(
    _ replies: [FilterReply], _ newBody: ChainBody?, keepsSpace: Bool
  ) throws {
    for reply in replies {
      switch reply {
      case .addheader, .insheader, .chgheader:
        isHeaderNew = true
        changeHeader(hasLeadingSpace && !keepsSpace ? reply.withLeadingSpace : reply)
      case .addrcpt(let address), .addrcptPar(let address, _):
        added[MTAEnvelope.Path.bare(address), default: []].append(plan.count)
        plan.append(reply)
      case .chgfrom: plan.append(reply)
      case .delrcpt(let address): delete(address)
      case .quarantine:
        if let quarantine { plan[quarantine] = nil }
        quarantine = plan.count
        plan.append(reply)
      default: break
      }
    }
    guard var newBody else { return }
    body = newBody
    if changes.endsLastLine, try !newBody.endsWithLineEnd() { try newBody.append([0x0D, 0x0A]) }
    message.body = newBody
  }

  private mutating func changeHeader(_ change: FilterReply) {
    if header == nil {
      var edits = HeaderEdits(
        message.headers, received: MTAHeader("Received", ""), changes: changes,
        leadingSpace: hasLeadingSpace)
      if isHeaderShown { edits.forgetDeleted() }
      header = edits
    }
    if let relayed = header?.relay(change) { plan.append(relayed) }
  }

  /// Deletes a recipient; one that a member has added is no longer added.
  ///
  /// The client may have named the recipient in another spelling that the MTA takes for the same, so the MTA is
  /// always told to delete it. MTAs ignore the deletion of an unknown recipient.
  private mutating func delete(_ address: [UInt8]) {
    for place in added.removeValue(forKey: MTAEnvelope.Path.bare(address)) ?? [] {
      plan[place] = nil
    }
    plan.append(.delrcpt(address))
  }
}

extension FilterReply {
  /// The change of a header field, from a filter whose values do not include the space after the colon.
  fileprivate var withLeadingSpace: Self {
    switch self {
    case .addheader(let name, let value): .addheader(name: name, value: [0x20] + value)
    case .insheader(let index, let name, let value):
      .insheader(index: index, name: name, value: [0x20] + value)
    case .chgheader(let index, let name, let value) where !value.isEmpty:
      .chgheader(index: index, name: name, value: [0x20] + value)
    default: self
    }
  }
}

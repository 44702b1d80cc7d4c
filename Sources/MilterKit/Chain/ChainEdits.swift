import MilterCore
import MilterMTA

/// The changes of all members, as one sequence for the MTA.
///
/// The MTA takes them for those of one filter, and counts header fields as it does for one. Numbers are
/// translated where it would count otherwise for several.
struct ChainEdits {
  /// The last new body, as the member sent it; nil without one.
  private(set) var body: ChainBody?
  /// The changes for the MTA; nil where a later change has made one unnecessary.
  private var plan: [FilterReply?] = []
  /// The header, once a member has changed it.
  private var header: HeaderEdits?
  /// Whether a member was shown the header before that.
  private var isHeaderShown = false
  private let changes: MTAProfile.Changes
  private let hasLeadingSpace: Bool
  /// The recipients that the client has named.
  private let recipients: Set<[UInt8]>
  /// The places in the plan where recipients are added.
  private var added: [[UInt8]: [Int]] = [:]
  /// The place in the plan where the message is put on hold.
  private var quarantine: Int?

  init(_ message: ChainMessage, _ changes: MTAProfile.Changes, hasLeadingSpace: Bool) {
    self.changes = changes
    self.hasLeadingSpace = hasLeadingSpace
    recipients = Set(message.recipients.map(Self.bare))
  }

  /// The changes for the MTA, in this order; the body comes last.
  var actions: [FilterReply] { plan.compactMap(\.self) }

  /// The header is shown to a member.
  mutating func showHeader() {
    isHeaderShown = true
    header?.forgetDeleted()
  }

  /// Takes over what one member wants to be changed, and shows the others what becomes of it.
  ///
  /// - Parameters:
  ///   - replies: its changes, without the new body.
  ///   - newBody: the new body, if it wants one.
  ///   - keepsSpace: whether its header values have the space after the colon.
  ///   - message: gets the changes.
  /// - Throws: if a new body cannot be kept.
  mutating func apply(
    _ replies: [FilterReply], _ newBody: ChainBody?, keepsSpace: Bool,
    to message: inout ChainMessage
  ) throws {
    var isHeaderChanged = false
    for reply in replies {
      switch reply {
      case .addheader, .insheader, .chgheader:
        isHeaderChanged = true
        changeHeader(hasLeadingSpace && !keepsSpace ? reply.withLeadingSpace : reply, of: message)
      case .addrcpt(let address), .addrcptPar(let address, _):
        added[Self.bare(address), default: []].append(plan.count)
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
    if isHeaderChanged, let header { message.show(header.shown) }
    guard var newBody else { return }
    body = newBody
    if changes.endsLastLine, try !newBody.endsWithLineEnd() { try newBody.append([0x0D, 0x0A]) }
    message.body = newBody
  }

  private mutating func changeHeader(_ change: FilterReply, of message: ChainMessage) {
    if header == nil {
      var edits = HeaderEdits(
        message.headers, received: MTAHeader("Received", ""), changes: changes,
        leadingSpace: hasLeadingSpace)
      if isHeaderShown { edits.forgetDeleted() }
      header = edits
    }
    if let relayed = header?.relay(change) { plan.append(relayed) }
  }

  /// A recipient that only a member has added is added no more.
  private mutating func delete(_ address: [UInt8]) {
    let bare = Self.bare(address)
    let places = added.removeValue(forKey: bare) ?? []
    for place in places { plan[place] = nil }
    if places.isEmpty || recipients.contains(bare) { plan.append(.delrcpt(address)) }
  }

  private static func bare(_ address: [UInt8]) -> [UInt8] {
    guard address.first == UInt8(ascii: "<"), address.last == UInt8(ascii: ">"), address.count > 1
    else { return address }
    return Array(address[1..<(address.count - 1)])
  }
}

extension FilterReply {
  /// The change of a header by a filter that leaves the space after the colon to the MTA.
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

import MilterCore
import MilterMTA

/// The changes of all members, as one sequence for the MTA.
///
/// The MTA takes them for those of one filter, and counts header fields as it does for one. Numbers are
/// translated where it would count otherwise for several.
struct ChainEdits {
  /// What the MTA is to be told, in this order; the body comes last.
  private(set) var actions: [FilterReply] = []
  /// The last new body, as the member sent it; nil without one.
  private(set) var body: ChainBody?
  private var header: HeaderEdits
  private let hasLeadingSpace: Bool
  private let recipients: [[UInt8]]

  init(_ message: ChainMessage, _ changes: MTAProfile.Changes, hasLeadingSpace: Bool) {
    self.hasLeadingSpace = hasLeadingSpace
    recipients = message.recipients.map(Self.bare)
    header = HeaderEdits(
      message.headers, received: MTAHeader("Received", ""), changes: changes,
      leadingSpace: hasLeadingSpace)
  }

  /// The header is shown to a member.
  mutating func showHeader() { header.forgetDeleted() }

  /// Takes over what one member wants to be changed, and shows the others what becomes of it.
  ///
  /// - Parameters:
  ///   - changes: its replies, without the new body.
  ///   - newBody: the new body, if it wants one.
  ///   - keepsSpace: whether its header values have the space after the colon.
  ///   - endsLastLine: whether the MTA ends the last line of a new body.
  ///   - message: gets the changes.
  /// - Throws: if a new body cannot be kept.
  mutating func apply(
    _ changes: [FilterReply], _ newBody: ChainBody?, keepsSpace: Bool, endsLastLine: Bool,
    to message: inout ChainMessage
  ) throws {
    for change in changes {
      switch change {
      case .addheader, .insheader, .chgheader:
        let change = hasLeadingSpace && !keepsSpace ? change.withLeadingSpace : change
        if let relayed = header.relay(change) { actions.append(relayed) }
      case .addrcpt, .addrcptPar, .chgfrom: actions.append(change)
      case .delrcpt(let address): delete(address)
      case .quarantine:
        actions.removeAll { $0.code == .quarantine }
        actions.append(change)
      default: break
      }
    }
    message.headers = header.shown
    message.headerSize = message.headers.reduce(0) {
      $0 + $1.name.count + $1.value.count + $1.separator.count
    }
    guard var newBody else { return }
    body = newBody
    if endsLastLine, try !newBody.endsWithLineEnd() { try newBody.append([0x0D, 0x0A]) }
    message.body = newBody
  }

  /// A recipient that only a member has added is added no more.
  private mutating func delete(_ address: [UInt8]) {
    let bare = Self.bare(address)
    let isNew = !recipients.contains(bare)
    let count = actions.count
    actions.removeAll { action in
      switch action {
      case .addrcpt(let added), .addrcptPar(let added, _): Self.bare(added) == bare
      default: false
      }
    }
    if !isNew || actions.count == count { actions.append(.delrcpt(address)) }
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

import MilterChainFixtures
import MilterClient
import MilterCore
@testable import MilterMTA
@testable import MilterTesting

/// A simulated MTA's list of filters, each on its own connection.
///
/// It is independent of chains: it follows the behavior of both MTAs with their lists.
final class SimulatedList {
  private let profile: MTAProfile
  private let filters: [TestMTA]
  private var isDiscarded = false
  private var accepted: [MTAEnvelope.Path] = []
  private var sender = MTAEnvelope.Path("")
  private let keepsReceived: Bool

  /// Connects to filters.
  ///
  /// - Parameters:
  ///   - profile: The MTA.
  ///   - filters: The filters in their order.
  ///   - keepsReceived: Whether the MTA's own Received field, which filters do not get, keeps its
  ///     place when a filter inserts a field before it; if not, it is the first field again for the
  ///     next filter.
  init(_ profile: MTAProfile, _ filters: [MilterBase], keepsReceived: Bool = true) {
    self.profile = profile
    self.keepsReceived = keepsReceived
    self.filters = filters.map { TestMTA(profile, filter: $0) }
  }

  func quit() { for filter in filters { filter.quit() } }

  /// Asks the filters in order; returns the deciding reply, or `nil`.
  func perform(_ step: MTAStep) -> FilterReply? {
    if case .mail(let path) = step {
      (sender, accepted, isDiscarded) = (path, [], false)
    }
    // After one filter's discard, no filter is asked about the message.
    if isDiscarded, step.callback == .envrcpt || step.callback == .data { return nil }
    for filter in filters {
      let exchange = filter.perform(step).exchange
      guard exchange.fate == .asked else { continue }
      switch exchange.replies.last {
      case .reject?, .tempfail?, .replycode?: return exchange.replies.last
      case .discard?:
        isDiscarded = true
        return .discard
      default: break
      }
    }
    if case .rcpt(let path) = step, path.refusal == nil { accepted.append(path) }
    return nil
  }

  /// Ends the message for all filters.
  func reset() { for filter in filters { filter.perform(.reset) } }

  /// Sends the content to the filters, and returns the outcome of the message.
  func send(_ message: MTAMessage) -> Result {
    guard !isDiscarded else { return Result() }
    var mail = MTAMail(message, MTAEnvelope(sender: sender, recipients: accepted))
    var quarantine: [UInt8]?
    var header = headerEdits(mail)
    for filter in filters where filter.connection.session.isInMessage {
      let steps = filter.negotiated?.options.steps ?? []
      if !steps.contains(.nohdrs) { header.forgetDeleted() }
      for header in mail.message.headers { filter.perform(.header(header)) }
      filter.perform(.eoh)
      if !mail.message.body.isEmpty { filter.perform(.body(mail.message.body)) }
      filter.perform(.eom)
      guard let outcome = filter.outcome else { continue }
      if outcome.verdict == .discard { return Result() }
      guard outcome.verdict.isDelivered else { return Result(reply: outcome.reply) }
      quarantine = outcome.quarantineReason ?? quarantine
      var edits = MailEdits(
        mail, received: MTAHeader("Received", ""), profile: profile, leadingSpace: true)
      let keepsSpace = outcome.negotiated?.options.steps.contains(.hdrLeadspc) ?? false
      for action in outcome.actions {
        _ = edits.apply(action)
        _ = header.relay(keepsSpace ? action : action.spaced)
      }
      mail = edits.result
      mail.message.headers = header.shown
      if !keepsReceived { header = headerEdits(mail) }
      // Postfix asks no filter after one that quarantines the message.
      if outcome.quarantineReason != nil, !profile.countsDeleted { break }
    }
    return Result(mail: mail, quarantine: quarantine)
  }

  private func headerEdits(_ mail: MTAMail) -> HeaderEdits {
    HeaderEdits(
      mail.message.headers, received: MTAHeader("Received", ""), changes: profile.changes,
      leadingSpace: true)
  }

  /// The outcome of a message.
  struct Result: Equatable {
    var mail: MTAMail?
    var quarantine: [UInt8]?
    var reply: [[UInt8]] = []
  }
}

extension MTAProfile {
  fileprivate var countsDeleted: Bool { changes.countsDeletedHeaders }
}

extension FilterReply {
  /// The change with the leading space that the MTA adds.
  fileprivate var spaced: Self {
    switch self {
    case .addheader(let name, let value): .addheader(name: name, value: [0x20] + value)
    case .insheader(let index, let name, let value):
      .insheader(index: index, name: name, value: [0x20] + value)
    case .chgheader(let index, let name, let value):
      .chgheader(index: index, name: name, value: value.isEmpty ? [] : [0x20] + value)
    default: self
    }
  }
}

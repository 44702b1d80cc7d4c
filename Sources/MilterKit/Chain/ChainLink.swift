import MilterClient
import MilterCore
import MilterMTA
import MilterRuntime

/// One member of a chain on one connection: the MTA's side towards it.
///
/// A member is left out of a message for one of these reasons only: it has
/// accepted the message or the client, its condition does not hold, or it has failed and its fallback
/// lets mail pass. In every other case its verdict counts, or it has failed.
final class ChainLink {
  let member: ChainMember
  /// The name in log lines: that of the member, and its number in the chain.
  let name: String
  let surroundings: ChainSurroundings
  var connection: FilterConnection?
  /// The filter, if it is one of this process.
  var memory: FilterInMemory?
  private var filter: MilterBase?
  /// The notes about the message, as it sees them.
  private(set) var notes: MilterNotes
  /// The failure that ended its use for this client.
  var failure: MTAFailure?
  /// The parts that it wants of the message under way.
  var interest = Interest.message
  /// Whether it has accepted all mail of the client.
  var isDoneWithClient = false
  /// Its refusal of the client, which holds for all messages.
  var clientRefusal: FilterReply?
  /// The envelope steps that it got, if they may have to be sent again.
  var history: [(step: MTAStep, macros: RelayedMacros)] = []
  var newBody: ChainBody?
  /// Why a new body could not be kept.
  var bodyFailure: (any Error)?

  /// The time that the members have together, and when it began to take some of it; nil without a limit.
  var turn: (time: ChainTime, start: ContinuousClock.Instant)?
  /// Whether the members before it have left no time to show it the message under way.
  var isStarved = false

  /// The parts that a member wants of a message.
  enum Interest {
    /// All of it.
    case message
    /// No more: it has given its verdict.
    case nothing
    /// Its condition does not hold.
    case leftOut
  }

  init(
    _ member: ChainMember, index: Int, _ surroundings: ChainSurroundings, _ notes: MilterNotes
  ) {
    self.member = member
    name = "\(member.name)[\(index)]"
    self.surroundings = surroundings
    self.notes = notes
    share(notes)
  }

  /// Takes the notes that the members share about a message; what a shadow writes is for itself only.
  func share(_ shared: MilterNotes) {
    notes = member.isShadow ? MilterNotes(over: shared) : shared
    filter?.heldNotes = notes
  }

  /// Whether it has been there for a client that has gone.
  private(set) var hasServed = false

  /// Its requests to the MTA.
  var wish: ChainOffer.Wish {
    .init(
      negotiated: negotiated,
      isConditional: member.takesClient != nil || member.takesMessage != nil,
      looksAtMessage: member.takesMessage != nil)
  }

  /// Its negotiated options; nil if the negotiation failed.
  var negotiated: MilterNegotiation? { failure == nil ? connection?.session.negotiated : nil }

  var steps: MilterProtocolFlags { negotiated?.options.steps ?? [] }

  /// Whether its header values have the space after the colon.
  var keepsSpace: Bool { steps.contains(.hdrLeadspc) }

  /// Whether it is shown header fields.
  var seesHeader: Bool { !steps.contains(.nohdrs) }

  // MARK: The connection

  /// Connects and negotiates.
  ///
  /// - Parameters:
  ///   - offer: what the MTA offers.
  ///   - time: the members' time for all connections.
  func open(_ offer: MilterOptions, within time: ChainTime) {
    failure = nil
    isDoneWithClient = false
    clientRefusal = nil
    interest = .message
    var profile = MTAProfile(name: "chain")
    profile.offer = offer
    profile.offer.steps.subtract(.dataSizes)
    // Whether a recipient was rejected is in macros, which only then can be asked for.
    if !offer.actions.contains(.setsymlist) { profile.offer.steps.remove(.rcptRej) }
    profile.changes.interruptedBodiesFail = false
    guard !starves(at: .newClient, time) else { return }
    timed(time) {
      do {
        let connection = try connect(profile, by: time.deadline)
        self.connection = connection
        connection.dropContent()
        connection.limit(surroundings.changeLimits)
        connection.onProgress = surroundings.progress
        connection.onNewBody = { [weak self] in self?.keepNewBody($0) }
        connection.deadline = time.deadline
        if let failure = connection.negotiate() { fail(failure) }
      } catch {
        let isLate = (error as? SocketError)?.code == .timedOut
        fail(MTAFailure(isLate ? .timedOut : .connectionClosed, "\(error)"))
      }
    }
  }

  private func connect(
    _ profile: MTAProfile, by deadline: ContinuousClock.Instant
  ) throws -> FilterConnection {
    switch member.place {
    case .here(_, let make):
      let log = surroundings.log()
      let filter = MilterLog.$making.withValue(log, operation: make)
      filter.heldNotes = notes
      self.filter = filter
      let memory = FilterInMemory(
        filter.makeHandler(), log: log, name: "\(surroundings.name)/\(name)",
        onError: member.failsOpen ? .accept : .tempfail,
        maxHeldChanges: ChainBody.mostInMemory, shadow: member.isShadow, onStop: surroundings.stop)
      self.memory = memory
      let link = InProcessLink(memory)
      let connection = FilterConnection(link, profile)
      link.deliver(to: connection)
      return connection
    case .socket(let spec, let timeouts):
      var profile = profile
      profile.connectTimeout = min(timeouts.connect, max(deadline - .now, .milliseconds(1)))
      profile.commandTimeout = timeouts.command
      profile.contentTimeout = timeouts.content
      profile.endTimeout = timeouts.end
      return try FilterConnection(to: spec, profile)
    }
  }

  /// Fails for the rest of the client's connection.
  ///
  /// - Parameters:
  ///   - failure: why.
  ///   - wasAsked: whether it is its own failure.
  func fail(_ failure: MTAFailure, wasAsked: Bool = true) {
    let event = wasAsked ? "has failed" : "was not asked"
    self.failure = failure
    // Its fallback counts, even if it gave a verdict on the message before.
    if interest == .nothing { interest = .message }
    let account = failure.code == .timedOut ? accountOfTime : nil
    let reason = account.map { "\(failure); \($0)" } ?? "\(failure)"
    surroundings.log().error("\(name) \(event), \(consequence): \(reason)")
    count { if wasAsked { $0.failures += 1 } else { $0.timesNotAsked += 1 } }
    connection?.disconnect()
    (connection, memory, filter, newBody) = (nil, nil, nil, nil)
  }

  /// Counts something for metrics.
  func count(_ change: (inout MilterMemberStatistics) -> Void) {
    surroundings.counters?.note(name, change)
  }

  /// Fails because it is unknown which steps it has got.
  func loseTrack(at step: MTAStep) -> ChainVerdict {
    fail(
      MTAFailure(.unexpectedReply, "\(step.callback) cannot follow what it has been told"))
    return blocked(at: step)
  }

  var consequence: String {
    member.failsOpen ? "mail passes without it" : "tempfail is answered"
  }

  /// The client has gone, and another one follows.
  func endClient() {
    hasServed = true
    guard failure == nil else { return }
    isDoneWithClient = false
    clientRefusal = nil
    interest = .message
    _ = connection?.perform(.newClient)
    if let failure = connection?.session.failure { fail(failure) }
  }

  /// Connects again for another client, if it has failed.
  ///
  /// - Parameters:
  ///   - offer: what it may ask for.
  ///   - agreed: what the chain has agreed with the MTA, which cannot be changed.
  ///   - time: the members' time for all connections.
  func reopen(_ offer: MilterOptions, _ agreed: MilterProtocolFlags, within time: ChainTime) {
    guard failure != nil else { return }
    open(offer, within: time)
    guard failure == nil, !ChainOffer.suits(steps, agreed) else { return }
    fail(MTAFailure(.refusedOffer, "it wants steps that the MTA was told to leave out"))
  }

  /// The connection ends.
  func quit() {
    if failure == nil { connection?.quit() }
    (connection, memory, filter) = (nil, nil, nil)
  }

  // MARK: Steps

  /// A message begins.
  ///
  /// - Parameter isLeftOut: whether the condition about the client does not hold.
  func beginMessage(isLeftOut: Bool) {
    (history, isStarved) = ([], false)
    interest = isLeftOut ? .leftOut : isDoneWithClient ? .nothing : .message
  }

  /// Sends it a step before the content.
  func perform(
    _ step: MTAStep, _ macros: RelayedMacros, within time: ChainTime?
  ) -> ChainVerdict {
    switch step {
    case .mail, .rcpt, .data:
      if interest == .leftOut { return .goOn }
      if failure == nil, let clientRefusal { return .refuse(clientRefusal) }
      if interest == .nothing { return .goOn }
    case .connect, .helo, .unknown, .header, .eoh, .body, .eom, .reset, .newClient: break
    }
    guard failure == nil, !isStarved, !starves(at: step, time) else { return blocked(at: step) }
    let verdict = timed(time) { exchange(step, macros) }
    if verdict.isGoOn, steps.contains(.rcptRej) { remember(step, macros) }
    return verdict
  }

  /// The verdict of a member that has failed.
  func blocked(at step: MTAStep) -> ChainVerdict {
    if member.failsOpen { return .goOn }
    switch step {
    // The client's next command about mail is refused.
    case .unknown, .reset, .newClient: return .goOn
    // Whether the message is for it is not known yet.
    case .connect, .helo:
      return member.takesClient == nil && member.takesMessage == nil ? .failed : .goOn
    case .mail, .rcpt, .data: return member.takesMessage == nil ? .failed : .goOn
    case .header, .eoh, .body, .eom: return .failed
    }
  }

  func exchange(_ step: MTAStep, _ macros: RelayedMacros) -> ChainVerdict {
    guard let connection else { return loseTrack(at: step) }
    connection.relay(macros)
    connection.advance(step)
    if let failure = connection.session.failure {
      fail(failure)
      return blocked(at: step)
    }
    switch connection.session.current?.fate {
    case .told, .leftOut, .skipped: return .goOn
    case .asked:
      guard let reply = connection.session.current?.replies.last else {
        return loseTrack(at: step)
      }
      return verdict(reply, step)
    // It does not want to know of recipients that the MTA has refused.
    case .refused where step.refusal != nil: return .goOn
    case .decided where isDoneWithClient || interest == .nothing || clientRefusal != nil:
      return .goOn
    // It has refused all recipients.
    case .refused where member.isShadow && step == .data:
      interest = .nothing
      return .goOn
    case .decided, .refused, nil: return loseTrack(at: step)
    }
  }

  /// The message turned out to be none for it.
  func leaveOut() {
    reset()
    interest = .leftOut
  }

  /// The message was given up, or decided on by another member.
  func reset() {
    (newBody, bodyFailure, history, isStarved) = (nil, nil, [], false)
    guard failure == nil, let connection else { return }
    if connection.session.isInMessage {
      _ = connection.perform(.reset)
      if let failure = connection.session.failure { return fail(failure) }
    }
    connection.rest()
    memory?.rest()
  }
}

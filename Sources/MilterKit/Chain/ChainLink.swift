import MilterClient
import MilterCore
import MilterMTA
import MilterRuntime

/// The MTA's side of the session with one member of a chain, on one connection.
///
/// A member is left out of a message only if it has accepted the message or the client, if its condition is
/// false, or if it has failed and its fallback lets mail pass. In all other cases its verdict counts, or it has
/// failed.
final class ChainLink {
  let member: ChainMember
  /// The name in log lines: the member's name, and its number in the chain.
  let name: String
  let surroundings: ChainSurroundings
  var connection: FilterConnection?
  /// The filter, if it runs in this process.
  var memory: FilterInMemory?
  private var filter: MilterBase?
  /// The number of callbacks that have thrown.
  var throwCount = 0
  /// The notes about the message, as the member sees them.
  private(set) var notes: MilterNotes
  /// The failure after which the member is not used for this client.
  var failure: MTAFailure?
  /// The parts of the current message that the member wants.
  var interest = Interest.message
  /// Whether the member has accepted all mail of the client.
  var isDoneWithClient = false
  /// The member's refusal of the client, which applies to all messages.
  var clientRefusal: FilterReply?
  /// The envelope steps that the member got, in case that they must be sent again.
  var history: [(step: MTAStep, macros: RelayedMacros)] = []
  var newBody: ChainBody?
  /// The line ends of the new body.
  var lineEnds = LineEnds()
  /// Why a new body could not be kept.
  var bodyFailure: (any Error)?

  /// The members' common time and the start of this member's use of it; `nil` without a limit.
  var turn: (time: ChainTime, start: ContinuousClock.Instant)?
  /// Whether the members before this one have left no time for the current message.
  var isStarved = false

  /// The parts that a member wants of a message.
  enum Interest {
    /// All parts.
    case message
    /// No more parts, because the member has given its verdict.
    case nothing
    /// No parts, because the member's condition is false.
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

  /// Sets the notes that the members share about a message; a shadow member writes to a copy.
  func share(_ shared: MilterNotes) {
    notes = member.isShadow ? MilterNotes(over: shared) : shared
    filter?.heldNotes = notes
  }

  /// Whether the member has served a client that has disconnected.
  private(set) var hasServed = false

  /// The member's requests to the MTA.
  var wish: ChainOffer.Wish {
    .init(
      negotiated: negotiated,
      isConditional: member.takesClient != nil || member.takesMessage != nil,
      looksAtMessage: member.takesMessage != nil)
  }

  /// The negotiated options; `nil` if the negotiation failed.
  private(set) var negotiated: MilterNegotiation? {
    didSet {
      steps = negotiated?.options.steps ?? []
      hasEmptyList = negotiated?.macroLists.contains { $0.macros.isEmpty } ?? false
    }
  }

  private(set) var steps: MilterProtocolFlags = []

  /// Whether the member requests no macros at a stage.
  private(set) var hasEmptyList = false

  /// Whether the member's header values include the space after the colon.
  var keepsSpace: Bool { steps.contains(.hdrLeadspc) }

  /// Whether the member gets header fields.
  var seesHeader: Bool { !steps.contains(.nohdrs) }

  // MARK: The connection

  /// The behavior of the chain, apart from the offer.
  private static let profile: MTAProfile = {
    var profile = MTAProfile(name: "chain")
    profile.changes.interruptedBodiesFail = false
    return profile
  }()

  /// Connects and negotiates.
  ///
  /// - Parameters:
  ///   - offer: The MTA's offer.
  ///   - time: The time of all members for all connections.
  func open(_ offer: MilterOptions, within time: ChainTime) {
    failure = nil
    isDoneWithClient = false
    clientRefusal = nil
    interest = .message
    var profile = Self.profile
    profile.offer = offer
    profile.offer.steps.subtract(.dataSizes)
    // Only macros show that a recipient was rejected, and the member can request macros only with `setsymlist`.
    if !offer.actions.contains(.setsymlist) { profile.offer.steps.remove(.rcptRej) }
    guard !starves(at: .newClient, time) else { return }
    timed(time) {
      do {
        let connection = try connect(profile, by: time.deadline)
        self.connection = connection
        connection.dropContent()
        connection.limit(surroundings.changeLimits)
        connection.onProgress = surroundings.progress
        connection.onNewBody = { [unowned self] in keepNewBody($0) }
        connection.deadline = time.deadline
        if let failure = connection.negotiate() {
          fail(failure)
        } else {
          negotiated = connection.session.negotiated
        }
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
      let filter = InitializerLog(log).make(make)
      filter.heldNotes = notes
      self.filter = filter
      let memory = FilterInMemory(
        filter.makeHandler(), log: log, name: "\(surroundings.name)/\(name)",
        onError: member.failsOpen ? .accept : .tempfail,
        maxHeldChanges: MessageLimit.mostInMemory, shadow: member.isShadow,
        onStop: surroundings.stop)
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

  /// Marks the member as failed for the rest of the client's connection.
  ///
  /// - Parameters:
  ///   - failure: The failure.
  ///   - wasAsked: Whether the failure is the member's own.
  func fail(_ failure: MTAFailure, wasAsked: Bool = true) {
    let event = wasAsked ? "has failed" : "was not asked"
    self.failure = failure
    // The fallback counts, even if the member gave a verdict on the message before.
    if interest == .nothing { interest = .message }
    let account = failure.code == .timedOut ? accountOfTime : nil
    let reason = account.map { "\(failure); \($0)" } ?? "\(failure)"
    surroundings.log().error("\(name) \(event), \(consequence): \(reason)")
    count { if wasAsked { $0.failures += 1 } else { $0.timesNotAsked += 1 } }
    connection?.disconnect()
    (connection, memory, filter, newBody, negotiated) = (nil, nil, nil, nil, nil)
  }

  /// Counts an event for the metrics.
  func count(_ change: (inout MilterMemberStatistics) -> Void) {
    surroundings.counters?.note(name, change)
  }

  /// Marks the member as failed because it is unknown which steps it got.
  func loseTrack(at step: MTAStep) -> ChainVerdict {
    fail(
      MTAFailure(.unexpectedReply, "\(step.callback) cannot follow what it has been told"))
    return blocked(at: step)
  }

  var consequence: String {
    member.failsOpen ? "mail passes without it" : "tempfail is answered"
  }

  /// Ends the session of a client, after which another client follows.
  func endClient() {
    hasServed = true
    guard failure == nil else { return }
    isDoneWithClient = false
    clientRefusal = nil
    interest = .message
    _ = connection?.perform(.newClient)
    if let failure = connection?.failure { fail(failure) }
  }

  /// Connects to a failed member again for another client.
  ///
  /// - Parameters:
  ///   - offer: The offer to the member.
  ///   - agreed: The options that the chain has agreed on with the MTA, which cannot change.
  ///   - time: The time of all members for all connections.
  func reopen(_ offer: MilterOptions, _ agreed: MilterProtocolFlags, within time: ChainTime) {
    guard failure != nil else { return }
    open(offer, within: time)
    guard failure == nil, !ChainOffer.suits(steps, agreed) else { return }
    fail(MTAFailure(.refusedOffer, "it wants steps that the MTA was told to leave out"))
  }

  /// Ends the connection.
  func quit() {
    if failure == nil { connection?.quit() }
    (connection, memory, filter, negotiated) = (nil, nil, nil, nil)
  }

  // MARK: Steps

  /// Begins a message.
  ///
  /// - Parameter isLeftOut: Whether the condition about the client is false.
  func beginMessage(isLeftOut: Bool) {
    (history, isStarved) = ([], false)
    interest = isLeftOut ? .leftOut : isDoneWithClient ? .nothing : .message
  }

  /// Sends the member a step before the content.
  func perform(
    _ step: MTAStep, _ macros: RelayedMacros, within time: ChainTime?
  ) -> ChainVerdict {
    switch step {
    case .unknown: if interest == .leftOut { return .goOn }
    case .mail, .rcpt, .data:
      if interest == .leftOut { return .goOn }
      if failure == nil, let clientRefusal { return .refuse(clientRefusal) }
      if interest == .nothing { return .goOn }
    case .connect, .helo, .header, .eoh, .body, .eom, .reset, .newClient: break
    }
    guard failure == nil, !isStarved, !starves(at: step, time) else { return blocked(at: step) }
    connection?.relay(macros)
    let verdict = timed(time) { exchange(step) }
    if verdict.isGoOn, steps.contains(.rcptRej) { remember(step, macros) }
    return verdict
  }

  /// The verdict of a failed member.
  func blocked(at step: MTAStep) -> ChainVerdict {
    if member.failsOpen { return .goOn }
    switch step {
    // The client's next mail command is refused.
    case .unknown, .reset, .newClient: return .goOn
    // It is not known yet whether the member's condition is true.
    case .connect, .helo:
      return member.takesClient == nil && member.takesMessage == nil ? .failed : .goOn
    case .mail, .rcpt, .data: return member.takesMessage == nil ? .failed : .goOn
    case .header, .eoh, .body, .eom: return .failed
    }
  }

  /// Sends the member a step, with the macros that were relayed last.
  func exchange(_ step: MTAStep) -> ChainVerdict {
    guard let connection else { return loseTrack(at: step) }
    if connection.advance(step) { return .goOn }
    if let failure = connection.failure {
      fail(failure)
      return blocked(at: step)
    }
    switch connection.current?.fate {
    case .told, .leftOut, .skipped: return .goOn
    case .asked:
      guard let reply = connection.current?.replies.last else {
        return loseTrack(at: step)
      }
      return verdict(reply, step)
    // The member did not request recipients that the MTA has refused.
    case .refused where step.refusal != nil: return .goOn
    case .decided where isDoneWithClient || interest == .nothing || clientRefusal != nil:
      return .goOn
    // The member has refused all recipients that it saw, without effect.
    case .refused where step == .data && (member.isShadow || surroundings.isShadow):
      interest = .nothing
      return .goOn
    case .decided, .refused, nil: return loseTrack(at: step)
    }
  }

  /// Leaves the member out, because its condition about the message is false.
  func leaveOut() {
    reset()
    interest = .leftOut
  }

  /// Aborts the message for the member, because it was aborted or another member decided.
  func reset() {
    (newBody, bodyFailure, history, isStarved) = (nil, nil, [], false)
    // A condition is about one message.
    if interest == .leftOut { interest = .message }
    guard failure == nil, let connection else { return }
    // A callback without a reply may have thrown, and its answer is no longer due.
    noteThrow()
    if connection.isInMessage {
      _ = connection.perform(.reset)
      if let failure = connection.failure { return fail(failure) }
    }
    connection.rest()
    memory?.rest()
  }
}

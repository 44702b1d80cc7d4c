import MilterClient
import MilterCore
import MilterMTA
import MilterRuntime

/// One member of a chain on one connection: the MTA's side towards it.
final class ChainLink {
  let member: ChainMember
  /// The name in log lines: that of the member, and its number in the chain.
  let name: String
  private let log: MilterLog
  private var connection: FilterConnection?
  /// Why it is of no more use on this connection.
  private(set) var failure: MTAFailure?
  /// Whether it has accepted all mail of the client.
  private var isDoneWithClient = false
  /// Whether it has said all it has to say about the message under way.
  private var isDoneWithMessage = false
  /// Whether the message under way is none of its business.
  private var isLeftOut = false
  /// What it has said to the client's connection or HELO, which holds for all messages.
  private var clientRefusal: FilterReply?

  init(_ member: ChainMember, index: Int, _ log: MilterLog) {
    self.member = member
    name = "\(member.name)[\(index)]"
    self.log = log
  }

  /// What it has negotiated; nil if it could not.
  var negotiated: MilterNegotiation? { failure == nil ? connection?.session.negotiated : nil }

  private var steps: MilterProtocolFlags { negotiated?.options.steps ?? [] }

  /// Whether its header values have the space after the colon.
  var keepsSpace: Bool { steps.contains(.hdrLeadspc) }

  /// Whether it is shown header fields.
  var seesHeader: Bool { !steps.contains(.nohdrs) }

  /// Whether mail is not to pass because it has failed.
  var isBlocking: Bool { failure != nil && member.fallback == .tempfail }

  /// Whether the message under way is to be shown to it at its end.
  var wantsContent: Bool {
    failure == nil && !isLeftOut && !isDoneWithMessage && connection?.session.isInMessage == true
  }

  /// Connects and negotiates.
  ///
  /// - Parameters:
  ///   - offer: what the MTA offers.
  ///   - onProgress: called when it says that it is still at work.
  func open(_ offer: MilterOptions, onProgress: @escaping () -> Void) {
    var profile = MTAProfile(name: "chain")
    profile.offer = offer
    profile.offer.steps.subtract(.dataSizes)
    profile.changes.interruptedBodiesFail = false
    do {
      let connection = try connect(profile)
      self.connection = connection
      connection.dropContent()
      connection.onProgress = onProgress
      if let failure = connection.negotiate() { fail(failure) }
    } catch {
      fail(MTAFailure(.connectionClosed, "\(error)"))
    }
  }

  private func connect(_ profile: MTAProfile) throws -> FilterConnection {
    switch member.place {
    case .here(let filter):
      let memory = FilterInMemory(
        filter, log: log, onError: member.fallback == .accept ? .accept : .tempfail)
      return FilterConnection(InProcessLink(memory), profile)
    case .socket(let spec, let timeouts):
      var profile = profile
      profile.connectTimeout = timeouts.connect
      profile.commandTimeout = timeouts.command
      profile.contentTimeout = timeouts.content
      return try FilterConnection(to: spec, profile)
    }
  }

  private func fail(_ failure: MTAFailure) {
    self.failure = failure
    let consequence =
      member.fallback == .tempfail ? "tempfail is answered" : "mail passes without it"
    log.error("\(name) has failed, \(consequence): \(failure)")
    connection?.disconnect()
  }

  // MARK: Steps

  /// A message begins.
  ///
  /// - Parameter isLeftOut: whether it is none of the member's business.
  func beginMessage(isLeftOut: Bool) {
    self.isLeftOut = isLeftOut
    isDoneWithMessage = isDoneWithClient
  }

  /// Tells it of a step before the content.
  func perform(_ step: MTAStep, _ macros: RelayedMacros) -> ChainVerdict {
    if failure != nil { return blocked(at: step) }
    switch step {
    case .connect, .helo: break
    case .mail, .rcpt, .data:
      if isLeftOut { return .goOn }
      if let clientRefusal { return .refuse(clientRefusal) }
    case .unknown, .header, .eoh, .body, .eom, .reset, .newClient: break
    }
    return exchange(step, macros)
  }

  private func blocked(at step: MTAStep) -> ChainVerdict {
    if case .unknown = step { return .goOn }
    return isBlocking && !isLeftOut ? .failed : .goOn
  }

  private func exchange(_ step: MTAStep, _ macros: RelayedMacros) -> ChainVerdict {
    guard let connection, !connection.session.isClosed else { return .goOn }
    connection.relay(macros)
    let exchange = connection.perform(step)
    if let failure = connection.session.failure {
      fail(failure)
      return blocked(at: step)
    }
    let verdict = ChainVerdict(exchange)
    guard exchange.fate == .asked, let reply = exchange.replies.last else { return verdict }
    switch step {
    case .connect, .helo:
      isDoneWithClient = isDoneWithClient || reply == .accept
      if case .refuse(let refusal) = verdict { clientRefusal = refusal }
      // No MTA throws mail away before it has begun.
      if case .discard = verdict { return .goOn }
    case .rcpt: isDoneWithMessage = isDoneWithMessage || reply == .accept || reply == .discard
    case .mail, .data, .header, .eoh, .body, .eom:
      isDoneWithMessage = isDoneWithMessage || reply.endsMessageForFilter
    case .unknown, .reset, .newClient: break
    }
    return verdict
  }

  /// The message was given up, or decided on by another member.
  func reset() {
    guard failure == nil, connection?.session.isInMessage == true else { return }
    _ = connection?.perform(.reset)
    if let failure = connection?.session.failure { fail(failure) }
  }

  /// The client has gone, and another one may follow.
  func endClient() {
    clientRefusal = nil
    isDoneWithClient = false
    guard failure == nil else { return }
    _ = connection?.perform(.newClient)
  }

  /// The connection ends.
  func quit() {
    if failure == nil { connection?.quit() }
    connection = nil
  }

  // MARK: The content

  /// What came of showing it a message's content.
  struct Review {
    var verdict: ChainVerdict
    /// The changes it wants.
    var changes: [FilterReply] = []
  }

  /// Shows it a message's content.
  ///
  /// - Parameters:
  ///   - message: the message as the members before it have left it.
  ///   - macros: those that the MTA has sent.
  ///   - maximumPayload: the maximum size of a change that the MTA takes.
  /// - Returns: its verdict, and the changes it wants.
  /// - Throws: if the body cannot be read.
  func review(
    _ message: ChainMessage, _ macros: RelayedMacros, maximumPayload: Int
  ) throws -> Review {
    var verdict = ChainVerdict.goOn
    func isOver(_ step: MTAStep) -> Bool {
      verdict = exchange(step, macros)
      if case .goOn = verdict { return !wantsContent }
      return true
    }
    if seesHeader {
      for header in message.headers where isOver(.header(header)) {
        return Review(verdict: verdict)
      }
    }
    if isOver(.eoh) { return Review(verdict: verdict) }
    if !steps.contains(.nobody) {
      var isEnded = false
      try message.body.forEachPiece { piece in
        isEnded = isOver(.body(piece))
        return !isEnded
      }
      if isEnded { return Review(verdict: verdict) }
    }
    verdict = exchange(.eom, macros)
    guard case .goOn = verdict, failure == nil else { return Review(verdict: verdict) }
    let changes = connection?.session.current?.replies.filter { $0.code.flag != nil } ?? []
    do {
      for change in changes { try change.check(maximumPayload: maximumPayload) }
    } catch {
      fail(MTAFailure(.malformedReply, "\(error)"))
      return Review(verdict: isBlocking ? .failed : .goOn)
    }
    return Review(verdict: verdict, changes: changes)
  }
}

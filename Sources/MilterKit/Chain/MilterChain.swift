import MilterCore
import MilterMTA
import MilterRuntime

/// Several filters that are one to the MTA.
///
/// ```swift
/// import MilterKit
///
/// @main
/// final class Filters: MilterChain {
///   @ChainBuilder override class var members: [ChainMember] {
///     ChainMember.message { message in
///       message.headers["X-Filtered-By"] = "mx.example.org"
///       return .continue
///     }
///     ChainMember.remote("unix:/run/opendkim/sock").onFailure(.accept)
///   }
/// }
/// ```
///
/// Mail fares as if the same filters were listed one after the other in Postfix's `smtpd_milters` or
/// Sendmail's `INPUT_MAIL_FILTERS`. The article <doc:Chain> says what that means, and where it differs.
///
/// ## Topics
///
/// ### Members
/// - ``members``
/// - ``init(_:)``
/// - ``messageLimit``
open class MilterChain: Milter {
  private let list: [ChainMember]
  private final var links: [ChainLink] = []
  private final var offer: ChainOffer?
  private final var message: ChainMessage?

  /// Makes the chain of a subclass, which overrides ``members``, for one connection.
  public required init() {
    list = Self.members
    super.init()
  }

  /// Makes a chain of members, for one connection.
  ///
  /// - Parameter members: makes the members; each is an instance of its own.
  public init(@ChainBuilder _ members: () -> [ChainMember]) {
    list = members()
    super.init()
  }

  /// The members in their order; evaluated for each connection, so that it has filters of its own.
  open class var members: [ChainMember] { [] }

  /// The size of messages that the members look at, and what becomes of larger ones.
  ///
  /// By default messages of more than 128 MiB are refused. See ``MessageMilter/messageLimit``.
  open class var messageLimit: MessageLimit { MessageLimit() }

  /// Has each filter of this process get ready that needs the program's privileges.
  override open class func prepareAsRoot() throws { try eachType { try $0.prepareAsRoot() } }

  /// Has each filter of this process get ready.
  override open class func prepare() throws { try eachType { try $0.prepare() } }

  /// Has each filter of this process read its configuration again.
  override open class func reload() throws { try eachType { try $0.reload() } }

  private class func eachType(_ body: (MilterBase.Type) throws -> Void) throws {
    var seen: Set<ObjectIdentifier> = []
    for type in members.compactMap(\.type) where seen.insert(ObjectIdentifier(type)).inserted {
      try body(type)
    }
  }

  // MARK: Negotiating

  override public final func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    let log = log
    links = list.enumerated().map { ChainLink($1, index: $0, log) }
    for link in links {
      link.open(offered) { [weak self] in try? self?.progress() }
    }
    let offer = ChainOffer(
      links.compactMap(\.negotiated), offered, version: options.version)
    self.offer = offer
    for (stage, names) in offer.macros { try setsymlist(stage, names) }
    options = offer.options
    return .continue
  }

  // MARK: Up to the content

  override public final func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    ask(.connect(host: rawArguments.first ?? [], address: address))
  }

  override public final func helo(_ host: String) throws -> Status {
    // A HELO in a message has ended it.
    message = nil
    return ask(.helo(rawArguments.first ?? []))
  }

  override public final func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    let arguments = rawArguments
    message = ChainMessage(sender: arguments.first ?? [])
    let client = client
    for link in links {
      link.beginMessage(isLeftOut: link.member.takesClient.map { !$0(client) } ?? false)
    }
    return ask(.mail(Self.path(arguments)))
  }

  override public final func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    let arguments = rawArguments
    var path = Self.path(arguments)
    if context?.session.agreed.steps.contains(.rcptRej) == true,
      getsymval(.rcptMailer) == "error"
    {
      path.refusal = Array((getsymval(.rcptAddr) ?? "550").utf8)
      _ = ask(.rcpt(path))
      return .continue
    }
    let status = ask(.rcpt(path))
    if status == .continue { message?.recipients.append(path.address) }
    return status
  }

  override public final func data() throws -> Status { tellData() }

  override public final func unknown(_ command: String) throws -> Status {
    ask(.unknown(rawArguments.first ?? []))
  }

  /// The path of a command, its address as it came.
  private static func path(_ arguments: [[UInt8]]) -> MTAEnvelope.Path {
    let address = arguments.first ?? []
    var path = MTAEnvelope.Path(address, arguments: Array(arguments.dropFirst()))
    path.address = address
    return path
  }

  /// Tells the members of DATA, which not every MTA does.
  private func tellData() -> Status {
    guard message?.hasData == false else { return .continue }
    message?.hasData = true
    return ask(.data)
  }

  /// Asks one member after the other, until one decides.
  private func ask(_ step: MTAStep) -> Status {
    let macros = macros(step.stage.map { [$0] } ?? [])
    for link in links {
      if let status = status(link.perform(step, macros), of: link, at: step.callback) {
        return status
      }
    }
    return .continue
  }

  /// What a member's verdict means for the MTA; nil if the next one is to be asked.
  private func status(
    _ verdict: ChainVerdict, of link: ChainLink, at callback: MilterCallback
  ) -> Status? {
    var status = Status.tempfail
    // A reply that another member has set is none of this one's.
    context?.session.reply = nil
    switch verdict {
    case .goOn: return nil
    case .failed: break
    case .discard:
      status = .discard
    case .refuse(.reject): status = .reject
    case .refuse(.replycode(let text)):
      guard let reply = MilterReply(relaying: text) else { break }
      context?.session.reply = reply
      status = reply.replyClass == 4 ? .tempfail : .reject
    case .refuse: break
    }
    log.info("\(link.name) has decided: \(callback): \(status)")
    if callback != .envrcpt || status == .discard, callback != .unknown { endMessage() }
    return status
  }

  /// The macros that the MTA has sent, and what members get of them.
  private func macros(_ stages: [MilterStage]) -> RelayedMacros {
    var macros = RelayedMacros()
    guard let symbols = context?.session.symbols else { return macros }
    for stage in stages { macros.packets[stage] = symbols.macros(of: stage) }
    macros.defaults = offer?.defaults ?? [:]
    macros.ignoresEmptyLists = mta.kind == .postfix
    return macros
  }

  // MARK: The content

  override public final func header(_ name: String, _ value: String) throws -> Status {
    let arguments = rawArguments
    guard arguments.count == 2 else { return .continue }
    message?.append(
      MTAHeader(name: arguments[0], wireValue: arguments[1], leadingSpace: hasLeadingSpace),
      Self.messageLimit)
    return .continue
  }

  override public final func eoh() throws -> Status { .continue }

  override public final func body(_ chunk: RawSpan) throws -> Status {
    message?.append(chunk.withUnsafeBytes { Array($0) }, Self.messageLimit)
    return .continue
  }

  override public final func eom() throws -> Status {
    defer { endMessage() }
    let early = tellData()
    guard early == .continue, var message else { return early }
    if message.isTooLarge { return try refuseLarge() }
    if let failure = message.failure { throw failure }
    let changes = mta.kind == .sendmail ? MTAProfile.sendmail.changes : MTAProfile.postfix.changes
    var edits = ChainEdits(message, changes, hasLeadingSpace: hasLeadingSpace)
    let macros = macros([.eoh, .eom])
    let maximumPayload = (context?.session.maximumPayload ?? WireLimits.payload64K) - 1
    for link in links {
      if link.isBlocking, let status = status(.failed, of: link, at: .eom) { return status }
      guard link.wantsContent else { continue }
      if let takes = link.member.takesMessage, !takes(envelope(message)) {
        link.reset()
        continue
      }
      if link.seesHeader { edits.showHeader() }
      let review = try link.review(message, macros, maximumPayload: maximumPayload)
      if let status = status(review.verdict, of: link, at: .eom) { return status }
      // Postfix shows no other filter what is to be put on hold.
      let isLast = mta.kind != .sendmail && review.changes.contains { $0.code == .quarantine }
      try edits.apply(
        review.changes, keepsSpace: link.keepsSpace, endsLastLine: changes.endsLastLine,
        to: &message)
      if isLast { break }
    }
    try send(edits)
    return .continue
  }

  private var hasLeadingSpace: Bool {
    context?.session.agreed.steps.contains(.hdrLeadspc) ?? false
  }

  private func envelope(_ message: ChainMessage) -> ChainEnvelope {
    ChainEnvelope(
      client: client, sender: String(decoding: message.sender, as: UTF8.self),
      recipients: message.recipients.map { String(decoding: $0, as: UTF8.self) },
      size: message.headerSize + message.body.count)
  }

  private func send(_ edits: ChainEdits) throws {
    let context = try attached("chain")
    for action in edits.actions { try context.add(action) }
    guard let body = edits.body else { return }
    if body.count == 0 { return try context.replacebody([UInt8]().span.bytes) }
    try body.forEachPiece { piece in
      try context.replacebody(piece.span.bytes)
      return true
    }
  }

  private func refuseLarge() throws -> Status {
    switch Self.messageLimit.policy {
    case .accept: return .accept
    case .refuse:
      try setreply("552", "5.3.4", "Message size exceeds fixed limit")
      return .reject
    case .tempfail:
      try setreply("452", "4.3.1", "Message is too large for now, please try again later")
      return .tempfail
    }
  }

  // MARK: The end

  /// Tells those members of the message's end that have not seen it.
  private func endMessage() {
    message = nil
    for link in links { link.reset() }
  }

  override public final func abort() { endMessage() }

  override public final func close() {
    message = nil
    if context?.session.state == .quitNewConnection {
      for link in links { link.endClient() }
    } else {
      for link in links { link.quit() }
      links = []
    }
  }
}

package import MilterCore
import MilterMTA
import MilterRuntime
package import MilterSystem

/// Several filters that the MTA sees as one filter.
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
/// The outcome is that of the same filters listed one after the other in Postfix's `smtpd_milters` or
/// Sendmail's `INPUT_MAIL_FILTERS`. The article Chain lists the differences.
///
/// ## Topics
///
/// ### Members
/// - ``members``
/// - ``init(_:)``
///
/// ### Limits
/// - ``messageLimit``
/// - ``timeLimits``
open class MilterChain: Milter {
  private let list: [ChainMember]
  final var links: [ChainLink] = []
  final var offer: ChainOffer?
  private final var offered = MilterOptions(actions: [], steps: [])
  // Each header field reads it, and a check of exclusive access would cost time. No access lasts while a member
  // is called.
  /// The current message.
  @exclusivity(unchecked) final var message: ChainMessage?
  /// Whether the header values of the current message include the space after the colon.
  private(set) final var hasLeadingSpace = false
  private final var knownKind: MTAIdentity.Kind?
  final let timesSteps: Bool
  /// Whether members have got steps since the end of the last message.
  final var hasToldSteps = false
  /// The notes that members share about the current message.
  final var notes = MilterNotes()
  /// Creates the file for a large body.
  package final var makeSpoolFile: () throws -> SpoolFile = { try SpoolFile() }

  /// Creates the chain of a subclass, which overrides ``members``, for one connection.
  public required init() {
    list = Self.members
    timesSteps = list.contains(where: \.isRemote)
    super.init()
  }

  /// Creates a chain of members for one connection.
  ///
  /// - Parameter members: The members. The chain creates each of them when the MTA connects.
  public init(@ChainBuilder _ members: () -> [ChainMember]) {
    list = members()
    timesSteps = list.contains(where: \.isRemote)
    super.init()
  }

  /// The members in order.
  ///
  /// The property is evaluated for each connection, and at the program's start before ``prepare()``, which
  /// creates no filter. The list may depend on settings. But if a reload adds a class that was not in the list
  /// at the start, the reload fails, because the class is not prepared.
  open class var members: [ChainMember] { [] }

  /// The maximum size of a message, and the action on a larger one.
  ///
  /// By default, the chain refuses messages of more than 128 MiB. A member cannot make a larger body. See
  /// ``MessageMilter/messageLimit``.
  open class var messageLimit: MessageLimit { MessageLimit() }

  /// The time limits for all members together; see ``ChainTimeLimits``.
  open class var timeLimits: ChainTimeLimits { ChainTimeLimits() }

  // MARK: The members' classes

  /// The time limit for the content, in seconds.
  override open class var answerTime: Int? { Int(timeLimits.content / .seconds(1)) }

  /// The lowest value of the members' classes.
  override open class var maxWorkers: Int? { types.compactMap(\.maxWorkers).min() }

  /// The options of the members' classes.
  override open class var programOptions: [any MilterProgramOption] {
    types.flatMap(\.programOptions)
  }

  /// Calls ``MilterBase/prepareAsRoot()`` of each member's class, once.
  override open class func prepareAsRoot() throws { for type in types { try type.prepareAsRoot() } }

  override class var preparesAsRoot: Bool {
    PrivilegeProbe.overrides(self, beyond: MilterChain.self)
      || types.contains { $0.preparesAsRoot }
  }

  /// Calls ``MilterBase/checkSettings()`` of each member's class, once.
  override open class func checkSettings() throws { for type in types { try type.checkSettings() } }

  /// Calls ``MilterBase/prepare()`` of each member's class, once.
  override open class func prepare() throws {
    let types = types
    for type in types { try type.prepare() }
    let prepared = Set(types.map { ObjectIdentifier($0) })
    MilterChain.prepared.withLock { $0[ObjectIdentifier(self)] = prepared }
  }

  /// The member classes that each chain has prepared.
  private static let prepared = SystemMutex<[ObjectIdentifier: Set<ObjectIdentifier>]>([:])

  /// Calls ``MilterBase/reload()`` of each member's class, once.
  ///
  /// - Throws: What a class throws, with the names of the classes that have reloaded before it. If a class was
  ///   not among the members when the program started, an error before any class reloads.
  override open class func reload() throws {
    let types = types
    if let prepared = MilterChain.prepared.withLock({ $0[ObjectIdentifier(self)] }),
      let new = types.first(where: { !prepared.contains(ObjectIdentifier($0)) })
    {
      throw MilterError(
        .invalidArgument,
        "\(new.name) was not a member when the program started; restart it to add one")
    }
    var done: [String] = []
    for type in types {
      do {
        try type.reload()
        done.append(type.name)
      } catch {
        guard !done.isEmpty else { throw error }
        throw MilterError(
          .invalidArgument,
          "\(type.name): \(error); already reloaded: \(done.joined(separator: ", "))")
      }
    }
  }

  private class var types: [MilterBase.Type] {
    var seen: Set<ObjectIdentifier> = []
    return members.compactMap(\.type).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  // MARK: Negotiating

  override public final func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    self.offered = offered
    let surroundings = surroundings
    let time = ChainTime(Self.timeLimits.command)
    links = list.enumerated().map { ChainLink($1, index: $0, surroundings, notes) }
    for link in links { link.open(offered, within: time) }
    let offer = ChainOffer.of(links.map(\.wish), offered, version: options.version)
    for number in offer.macros.refused {
      links[number].fail(MTAFailure(.refusedOffer, "it asks for more macros than an MTA accepts"))
    }
    self.offer = offer
    let session = try attached("negotiate")
    for (stage, names) in offer.macros.lists {
      try session.session.setsymlist(stage, Array(names.joined(separator: [0x20])))
    }
    options = offer.options
    return .continue
  }

  /// The kind of MTA, whose macros are not searched again once it is known.
  final var mtaKind: MTAIdentity.Kind {
    if let knownKind { return knownKind }
    let kind = mta.kind
    if kind != .other { knownKind = kind }
    return kind
  }

  /// The parts for the links.
  ///
  /// The chain owns the links. Weak references would slow down each use of the chain.
  private final var surroundings: ChainSurroundings {
    let limit = Self.messageLimit.bytes
    return ChainSurroundings(
      name: Self.name,
      log: { [unowned self] in log },
      logsVerdicts: context.map { $0.logLevel >= .info } ?? true,
      isShadow: context?.isShadow ?? false,
      progress: { [unowned self] in try? progress() },
      checksReplies: { [unowned self] in mtaKind == .postfix },
      counters: context?.memberCounters, stop: context?.requestStop,
      maximumPayload: { [unowned self] in
        (context?.session.maximumPayload ?? WireLimits.payload64K) - 1
      },
      changeLimits: .init(count: 10_000, bytes: MessageLimit.largestHeader, bodyBytes: limit),
      makeFile: makeSpoolFile,
      checksEachLine: { [unowned self] in mta.checksEachLine })
  }

  // MARK: Up to the content

  override public final func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    returnFailedMembers()
    return ask(.connect(host: rawArguments.first ?? [], address: address))
  }

  override public final func helo(_ host: String) throws -> Status {
    // HELO during a message ends the message.
    message = nil
    return ask(.helo(rawArguments.first ?? []))
  }

  override public final func envfrom(_ sender: RawSpan, _ args: RawSpan) throws -> Status {
    // If a verdict of the chain was held, the MTA has ended the last message without an abort.
    endMessage()
    let path = Self.path(sender, args)
    hasLeadingSpace = context?.session.agreed.steps.contains(.hdrLeadspc) ?? false
    message = ChainMessage(sender: path.address, ChainBody(makeFile: makeSpoolFile))
    let client = client
    for link in links {
      link.beginMessage(isLeftOut: link.member.takesClient.map { !$0(client) } ?? false)
    }
    return ask(.mail(path))
  }

  override public final func envrcpt(_ recipient: RawSpan, _ args: RawSpan) throws -> Status {
    if let end = endedMessage(.envrcpt) { return end }
    var path = Self.path(recipient, args)
    if isRejectedRecipient {
      path.refusal = Array((getsymval(.rcptAddr) ?? "550").utf8)
      show(.rcpt(path))
      return .continue
    }
    let status = ask(.rcpt(path))
    if status == .continue { message?.recipients.append(path.address) }
    return status
  }

  override public final func data() throws -> Status { endedMessage(.data) ?? tellData() }

  override public final func unknown(_ command: String) throws -> Status {
    ask(.unknown(rawArguments.first ?? []))
  }

  /// The path of a command, with its address unchanged.
  private static func path(_ address: RawSpan, _ args: RawSpan) -> MTAEnvelope.Path {
    var path = MTAEnvelope.Path([], arguments: args.strings)
    path.address = address.array
    return path
  }

  /// The time of all members for a step before the content; `nil` if no member is remote.
  final var stepTime: ChainTime? { timesSteps ? ChainTime(Self.timeLimits.command) : nil }

  /// Connects again to members that failed for another client.
  private final func returnFailedMembers() {
    guard let offer, let context, links.contains(where: { $0.failure != nil && $0.hasServed })
    else { return }
    let agreed = context.session.agreed
    var offered = offered
    offered.actions.formIntersection(agreed.actions.union(.setsymlist))
    for step: MilterProtocolFlags in [.rcptRej, .hdrLeadspc] where !agreed.steps.contains(step) {
      offered.steps.remove(step)
    }
    let time = ChainTime(Self.timeLimits.command)
    for (number, link) in links.enumerated()
    where link.hasServed && !offer.macros.refused.contains(number) {
      link.reopen(offered, offer.options.steps, within: time)
    }
  }

  // MARK: The content

  override public final func header(_ name: RawSpan, _ value: RawSpan) throws -> Status {
    guard message?.isDiscarded == false else { return .continue }
    // The members get the value as the MTA has sent it.
    let value = fakesLeadingSpace ? value.extracting(droppingFirst: 1) : value
    message?.append(
      MTAHeader(name: name.array, wireValue: value.array, leadingSpace: hasLeadingSpace),
      Self.messageLimit)
    return .continue
  }

  override public final func eoh() throws -> Status { .continue }

  override public final func body(_ chunk: RawSpan) throws -> Status {
    guard message?.isDiscarded == false else { return .continue }
    message?.append(chunk.array, Self.messageLimit)
    return .continue
  }

  override public final func eom() throws -> Status {
    defer { endMessage() }
    do {
      return try endOfMessage()
    } catch {
      // Not all members have seen the message, so `onError` does not apply.
      log.error("the message is answered with tempfail: \(error)")
      context?.session.reply = nil
      return .tempfail
    }
  }

  // MARK: The end

  override public final func abort() { endMessage() }

  override public final func close() {
    message = nil
    if context?.session.endsClient == true {
      for link in links { link.endClient() }
    } else {
      for link in links { link.quit() }
      links = []
    }
  }
}

import MilterCore

/// The requests to the MTA that a filter class declares.
struct DeclaredWishes {
  /// The macros to request, for each stage at which the MTA's own list lacks some.
  private(set) var macros: [MilterStage: [MilterMacroName]]
  /// The flags to request if the MTA offers them.
  private let steps: MilterProtocolFlags
  /// The steps that the MTA must send even though the filter has no callback for them.
  private let shown: MilterCallbacks

  /// The number of macros that Sendmail accepts for a stage.
  static let mostMacros = 50

  /// Reads the declarations.
  ///
  /// - Throws: An error that describes the mistake in them.
  init(of type: MilterBase.Type) throws(MilterError) {
    macros = type.macros
    var steps: MilterProtocolFlags = []
    let noReply = type.noReply
    if !noReply.isEmpty { steps.formUnion(try Self.flags(noReply)) }
    if type.leadingSpace { steps.insert(.hdrLeadspc) }
    if type.rejectedRecipients {
      steps.insert(.rcptRej)
      // These macros show whether a recipient was rejected.
      if let list = macros[.envrcpt] {
        macros[.envrcpt] = list.adding(MilterMacroName.ofRefusal)
      }
    }
    shown = type.wantsClient ? [.connect, .helo] : []
    if type.wantsClient { macros.merge(Self.client) { list, wanted in list.adding(wanted) } }
    self.steps = steps
    if !macros.isEmpty { try Self.check(macros) }
  }

  /// Adds the declarations to the filter's requests, if the MTA offers them.
  func add(to wanted: inout MilterOptions, _ offered: MilterOptions) {
    wanted.steps.formUnion(steps.intersection(offered.steps))
    guard !shown.isEmpty else { return }
    for callback in MilterCallback.allCases
    where shown.contains(MilterCallbacks(callback)) && wanted.steps.contains(callback.noFlag) {
      wanted.steps.subtract(callback.noFlag)
      wanted.steps.formUnion(callback.nrFlag)
    }
  }

  /// Whether the library must add the leading space of header values, because the MTA does not send it.
  func fakesLeadingSpace(_ offered: MilterOptions) -> Bool {
    steps.contains(.hdrLeadspc) && !offered.steps.contains(.hdrLeadspc)
  }

  /// The macros for ``ClientReporting/client``, and those that both MTAs send by default at the same stages.
  static let client: [MilterStage: [MilterMacroName]] = [
    .connect: [
      .hostName, .client, .mtaVersion, .daemonName, .daemonAddr, .daemonPort, .ifName, .ifAddr,
      .clientName, .clientAddr, .clientPort,
    ],
    .helo: [.tlsVersion, .cipher, .cipherBits, .certSubject, .certIssuer, .verify, .heloName],
    .envfrom: [
      .queueID, .authType, .authAuthen, .authSSF, .authAuthor, .mailMailer, .mailHost, .mailAddr,
    ],
  ]

  private static func flags(_ noReply: MilterCallbacks) throws(MilterError) -> MilterProtocolFlags {
    var flags: MilterProtocolFlags = []
    for callback in MilterCallback.allCases where noReply.contains(MilterCallbacks(callback)) {
      guard !callback.nrFlag.isEmpty else {
        throw MilterError(
          .invalidArgument,
          "noReply: \(callback) cannot go without a reply; only connect to body can")
      }
      flags.formUnion(callback.nrFlag)
    }
    return flags
  }

  private static func check(_ macros: [MilterStage: [MilterMacroName]]) throws(MilterError) {
    for (stage, names) in macros {
      guard names.count <= mostMacros else {
        throw MilterError(
          .invalidArgument,
          "macros: \(names.count) names for \(stage); MTAs accept at most \(mostMacros)")
      }
      let isPlain = { (byte: UInt8) in 0x21...0x7E ~= byte && byte != UInt8(ascii: ",") }
      if let odd = names.first(where: { $0.name.isEmpty || !$0.name.utf8.allSatisfy(isPlain) }) {
        throw MilterError(
          .invalidArgument, "macros: \"\(odd.name)\" for \(stage) is not a macro's name")
      }
    }
  }
}

extension [MilterMacroName] {
  /// Returns this list and the names of another list that are not in it.
  fileprivate func adding(_ others: Self) -> Self { self + others.filter { !contains($0) } }
}

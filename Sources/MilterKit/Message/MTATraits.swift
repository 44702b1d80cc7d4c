import MilterCore
import MilterMTA

/// The changes that an MTA can make to a message, and how it counts header fields.
struct MTATraits: Hashable, Sendable {
  var kind = MTAIdentity.Kind.postfix
  /// The changes that were negotiated.
  var actions = MilterActionFlags.all
  /// Whether values include the space after the colon.
  var hasLeadingSpace = true

  /// The number of fields that `insheader` counts before the fields that a filter gets: the MTA's own
  /// `Received`.
  static let ownFields = 1
  /// The number of fields that Sendmail counts after its own, even if the message lacks them.
  ///
  /// Sendmail's usual configuration has default values for these fields.
  private static let sendmailDefaults = MTAProfile.sendmail.changes.hiddenHeaders.count
  /// The size above which Postfix cuts a field, including a field that a filter adds.
  static let largestField = MTAProfile.postfix.changes.fieldLimit ?? .max

  /// The number of fields between the MTA's own fields and the fields that a filter gets.
  var hiddenFields: Int { kind == .sendmail ? Self.sendmailDefaults : 0 }
  /// Whether deleted fields still count.
  var countsDeletedFields: Bool { kind == .sendmail }
  /// Whether `chgheader` also changes the spelling of the name.
  var changesNames: Bool { kind == .postfix }
  /// Whether `addheader` always adds a field after all others.
  ///
  /// Sendmail adds it before the first field of the same name, or in place of a deleted one.
  var addsAtEnd: Bool { kind != .sendmail }
  /// Whether a new sender without ESMTP arguments keeps the client's arguments.
  var keepsSenderArguments: Bool { kind != .other }
  /// Whether any argument of a new sender replaces all of the client's arguments except `SIZE`.
  ///
  /// Sendmail's `milter_chgfrom` drops them if the filter sends arguments. Postfix keeps those with other
  /// names.
  var replacesSenderArguments: Bool { kind == .sendmail }

  /// Whether `chgheader` would delete a field instead of changing its value.
  func deletes(_ field: MilterMessage.Field) -> Bool {
    let value = field.wireValue
    return value.isEmpty || !hasLeadingSpace && value.count == 1 && value.first == 0x20
  }

  /// Checks that the MTA accepts a new sender.
  func checkSender(_ new: MilterMessage.Path, from old: MilterMessage.Path) throws(MilterError) {
    guard new != old else { return }
    try check(.chgfrom, "the sender")
    guard keepsSenderArguments else { return }
    let added = new.rawArguments.filter { !old.rawArguments.contains($0) }
    guard added.isEmpty || Self.areTaken(added, of: new, by: ESMTPArgument.isOfSender) else {
      throw MilterError(
        .invalidArgument,
        "the sender: MTAs accept RET, and ENVID in xtext (RFC 3461), from filters, each once")
    }
    let keywords = new.rawArguments.map(Self.keyword)
    if let lost = old.rawArguments.map(Self.keyword).first(where: { !keywords.contains($0) }) {
      throw MilterError(
        .invalidArgument,
        "the sender: the argument \(lost) cannot be removed; keep it with replacingAddress(with:)")
    }
  }

  /// Checks that the MTA accepts a new recipient.
  func checkRecipient(
    _ path: MilterMessage.Path, among original: [MilterMessage.Path]
  ) throws(MilterError) {
    guard !original.contains(path) else { return }
    guard !path.isNull else { throw MilterError(.invalidArgument, "a recipient has no address") }
    try check(path.rawArguments.isEmpty ? .addrcpt : .addrcptPar, "recipients")
    guard Self.areTaken(path.rawArguments, of: path, by: ESMTPArgument.isOfRecipient) else {
      throw MilterError(
        .invalidArgument,
        "a recipient: MTAs accept NOTIFY, and ORCPT in xtext (RFC 3461), from filters, each once")
    }
    if kind == .sendmail, original.contains(where: { $0.bareValue == path.bareValue }) {
      throw MilterError(
        .invalidArgument,
        "a recipient: Sendmail keeps the arguments of a recipient that the client named")
    }
  }

  /// Whether MTAs accept the ESMTP arguments of a path, and each argument occurs once.
  private static func areTaken(
    _ arguments: [[UInt8]], of path: MilterMessage.Path, by isTaken: ([UInt8]) -> Bool
  ) -> Bool {
    let keywords = path.rawArguments.map(keyword)
    return Set(keywords).count == keywords.count && arguments.allSatisfy(isTaken)
  }

  private static func keyword(_ argument: [UInt8]) -> String {
    ESMTPArgument.parts(argument).keyword
  }

  /// Checks that a change was negotiated.
  func check(_ action: MilterActionFlags, _ what: String) throws(MilterError) {
    guard actions.isSuperset(of: action) else {
      throw MilterError(
        .notNegotiated, "\(what): the action \(action) was not negotiated with the MTA")
    }
  }
}

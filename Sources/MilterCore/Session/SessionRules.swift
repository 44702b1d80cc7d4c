/// The effects of a filter author's mistakes.
///
/// Towards the MTA both kinds of rules are the same wherever a working filter can meet the
/// difference.
public struct SessionRules: Hashable, Sendable {
  /// Whether changes are held until the end of the message has been worked on.
  var holdsChanges: Bool
  /// Whether the pieces of a new body are no larger than the packets that were agreed on.
  ///
  /// What a C filter sets with `smfi_setmaxdatasize` is no agreement with the MTA: libmilter refuses
  /// larger actions, but cuts the body into frames of the default size.
  var fitsBodyToPackets: Bool
  /// Whether progress is refused where the MTA cannot take it.
  var checksProgress: Bool
  /// Whether a message may be changed until the next command, also once its end was answered.
  ///
  /// libmilter looks at the last command only.
  var changesAnsweredMessage: Bool
  /// Whether steps that libmilter uses inside itself are not shown to the filter.
  var hidesInternalSteps: Bool
  /// Whether setsymlist is refused outside the negotiation, and where the MTA does not offer it.
  var checksSymlist: Bool
  /// Whether a filter that asks for macros need not ask for the action as well.
  var impliesSymlistAction: Bool
  /// Whether steps without callback and data sizes that the MTA does not offer are left out silently.
  var masksSteps: Bool
  /// Whether statuses do what libmilter's code does with them, whatever number they are.
  var answersAnyNumber: Bool
  /// Whether abort runs for the order of a command and again for its being empty.
  var abortsTwice: Bool
  /// Whether a command that cannot be read has not been executed, so that close can still change the
  /// message before it.
  var forgetsBrokenCommand: Bool
  /// Whether a reply is kept until it is used, also for another client.
  var keepsReply: Bool

  /// A mistake is reported and mended: what was meant reaches the MTA, or tempfail does.
  public static let strict = Self(isLibmilter: false)
  /// A mistake does what it does in libmilter, byte for byte: for filters written in C.
  public static let libmilter = Self(isLibmilter: true)

  private init(isLibmilter: Bool) {
    holdsChanges = !isLibmilter
    fitsBodyToPackets = !isLibmilter
    checksProgress = !isLibmilter
    changesAnsweredMessage = isLibmilter
    hidesInternalSteps = isLibmilter
    checksSymlist = !isLibmilter
    impliesSymlistAction = !isLibmilter
    masksSteps = !isLibmilter
    answersAnyNumber = isLibmilter
    abortsTwice = isLibmilter
    forgetsBrokenCommand = isLibmilter
    keepsReply = isLibmilter
  }
}

/// The effects of a filter author's mistakes.
///
/// For the MTA, both kinds of rules have the same effect wherever a working filter could notice the difference.
public struct SessionRules: Hashable, Sendable {
  /// Whether changes are held until the end of the message has been handled.
  var holdsChanges: Bool
  /// Whether the chunks of a new body are no larger than the packets that were agreed on.
  ///
  /// A C filter's `smfi_setmaxdatasize` is not an agreement with the MTA: libmilter refuses larger actions, but
  /// divides the body into frames of the default size.
  var fitsBodyToPackets: Bool
  /// Whether progress is refused where the MTA does not accept it.
  var checksProgress: Bool
  /// Whether a message may be changed until the next command, even after its end was answered.
  ///
  /// libmilter checks only the last command.
  var changesAnsweredMessage: Bool
  /// Whether steps that libmilter uses internally are hidden from the filter.
  var hidesInternalSteps: Bool
  /// Whether setsymlist is refused outside the negotiation, and if the MTA does not offer it.
  var checksSymlist: Bool
  /// Whether a filter that requests macros need not request the action.
  var impliesSymlistAction: Bool
  /// Whether steps without callback and data sizes are silently removed if the MTA does not offer them.
  var masksSteps: Bool
  /// Whether any number is a status, with the effect that it has in libmilter's code.
  var answersAnyNumber: Bool
  /// Whether abort is called for the order of a command, and again because it is empty.
  var abortsTwice: Bool
  /// Whether a malformed command counts as not executed, so that close can still change the message before it.
  var forgetsBrokenCommand: Bool
  /// Whether a reply is kept until it is used, even for another client.
  var keepsReply: Bool

  /// A mistake is reported and corrected: the MTA gets the reply that the author meant, or tempfail.
  public static let strict = Self(isLibmilter: false)
  /// A mistake has the same effect as in libmilter, byte for byte: for C filters.
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

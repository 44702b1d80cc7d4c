public import MilterCore

/// The behavior of an MTA toward filters: its offer, its commands, and its reactions to replies.
///
/// Use one of the profiles, and change the properties that differ in your MTA:
///
/// ```swift
/// var profile = MTAProfile.postfix
/// profile.offer.steps.remove(.skip)
/// ```
///
/// Unless a property's description notes otherwise, ``postfix`` was compared with Postfix 3.7, ``postfix3_10``
/// and ``postfix3_11`` with these releases, and ``sendmail`` with Sendmail 8.17 and 8.18. The behavior of older
/// releases follows their documentation.
///
/// ## Topics
///
/// ### Profiles
/// - ``postfix``
/// - ``postfixSubmission``
/// - ``sendmail``
/// - ``libmilterReference``
/// - ``postfix2_3``
/// - ``postfix2_4``
/// - ``postfix2_5``
/// - ``postfix3_9``
/// - ``postfix3_10``
/// - ``postfix3_11``
/// - ``sendmail8_13``
/// - ``stalwart``
/// - ``all``
/// - ``init(named:)``
public struct MTAProfile: Hashable, Sendable {
  /// The profile's name, such as `postfix-2.3`; see ``init(named:)``.
  public var name: String

  // MARK: What it sends

  /// The protocol as the MTA speaks it.
  public var dialect = Dialect.complete
  /// The protocol version, the actions, and the steps that the MTA offers.
  public var offer = Self.everything
  /// The maximum number of bytes of body in one packet; less if the filter's packets must be smaller.
  public var chunkSize = WireLimits.payload64K
  /// Its changes to a message before the filter sees it.
  public var intake = Intake()

  /// Whether the last chunk of the body comes with the end of the message.
  public var endsWithBody = false
  /// Whether the filter gets the text after the first word of an unknown command.
  public var showsUnknownArguments = true
  /// Whether a reject of an unknown command is the client's reply, and a discard there applies to the message;
  /// otherwise only a temporary refusal has an effect.
  public var takesUnknownRejects = true
  /// Whether the MTA reports unknown commands to the filter between its verdict and the next message.
  public var tellsUnknownAfterVerdict = true
  /// Whether addresses come in angle brackets.
  public var bracketsAddresses = true
  /// Whether the ESMTP arguments also follow the address, in the same string.
  ///
  /// Sendmail before 8.17.2 does so if it was built with `USE_EAI`. This is taken from its release notes: Debian
  /// builds Sendmail without it.
  public var addressHasArguments = false
  /// The events at which the MTA sends abort.
  public var aborts = Aborts.unlessDone
  /// Its behavior after the filter's verdict on the client, at connect or helo.
  public var afterClientVerdict = AfterClientVerdict.wait
  /// Whether discard at connect counts as accept; otherwise it is ignored with a warning, as at helo.
  public var discardAtConnectAccepts = false
  /// Whether another client can use the same connection.
  public var reusesConnections = true

  /// The events at which an MTA sends abort.
  public enum Aborts: Hashable, Sendable {
    /// The end of a message that the filter has not decided.
    case unlessDone
    /// The end of each message, with any verdict, and one more for each HELO: when the next HELO arrives, and
    /// at the end. Postfix does so.
    case always
    /// RSET and HELO in a message, and the end of a message that the filter has discarded before the content;
    /// not a client that quits or is lost. Sendmail does so.
    case onReset
    /// None.
    case never
  }

  /// An MTA's behavior after the filter's verdict on the client.
  public enum AfterClientVerdict: Hashable, Sendable {
    /// It sends nothing more until it quits.
    case wait
    /// It quits at once.
    case quit
    /// It closes the connection at once, without quit.
    case close
  }

  // MARK: The other side

  /// The macros that the MTA sends.
  public var macros = Macros()
  /// Its treatment of the filter's changes.
  public var changes = Changes()
  /// The replies to the client.
  public var replies = Replies()
  /// The treatment of the client when the filter fails.
  public var failureAction = FailureAction.tempfail

  /// The treatment of the client when a filter fails: Postfix's `milter_default_action`.
  public enum FailureAction: Hashable, Sendable {
    /// The rest of the session is refused for the time being.
    case tempfail
    /// The client gets 421 and is disconnected: Postfix's `shutdown`.
    case shutdown
  }

  /// The MTA's own settings that ``set(_:to:)`` knows.
  package var settings: [String] = []

  // MARK: How long it waits

  /// The timeout for a connection to the filter.
  public var connectTimeout: Duration = .seconds(30)
  /// The timeout for each reply before the message's content.
  public var commandTimeout: Duration = .seconds(30)
  /// The timeout for each reply to the content, from the first header field to the end.
  public var contentTimeout: Duration = .seconds(300)
  /// The timeout for all replies to the end of a message, which progress does not extend; `nil` for no such
  /// limit.
  public var endTimeout: Duration?

  /// Returns the timeout for the next reply to a step.
  public func replyTimeout(_ callback: MilterCallback?) -> Duration {
    switch callback {
    case .header, .eoh, .body, .eom: contentTimeout
    default: commandTimeout
    }
  }

  /// Creates a profile that follows libmilter's documentation, so that you can change it.
  ///
  /// - Parameter name: The profile's name.
  public init(name: String) { self.name = name }

  /// All actions and all steps of version 6, without larger packets.
  public static let everything = MilterOptions(
    actions: .all, steps: [.allNo, .allNr, .skip, .rcptRej, .hdrLeadspc])
}

extension MTAProfile: CustomStringConvertible {
  /// The profile's name.
  public var description: String { name }
}

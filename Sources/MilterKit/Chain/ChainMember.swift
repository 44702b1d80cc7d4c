import MilterRuntime

/// One of the filters of a ``MilterChain``, and the action on mail if it fails.
///
/// ```swift
/// let signer = ChainMember.remote("unix:/run/opendkim/sock").named("opendkim")
///   .when { $0.isAuthenticated }.onFailure(.accept)
/// ```
///
/// ## Topics
///
/// ### Making members
/// - ``filter(_:)``
/// - ``message(_:)``
/// - ``message(withNotes:)``
/// - ``remote(_:timeouts:)``
///
/// ### Settings of a member
/// - ``named(_:)``
/// - ``onFailure(_:)``
/// - ``shadow()``
/// - ``when(_:)``
/// - ``whenMessage(_:)``
public struct ChainMember {
  /// The action on mail when a member throws, breaks the protocol, exceeds a timeout, or cannot be reached.
  public enum Fallback: String, CaseIterable, Sendable {
    /// The client is told to try again later; the default.
    case tempfail
    /// Mail passes as if the chain did not have the member; its changes are dropped.
    case accept
  }

  /// The timeouts of the chain for a remote member.
  ///
  /// The time of ``MilterChain/timeLimits`` limits all members together.
  public struct Timeouts: Hashable, Sendable {
    /// The maximum time for the connection.
    public var connect: Duration
    /// The maximum time for each reply before the message's content.
    public var command: Duration
    /// The maximum time for each reply to the content, from the first header field to the end.
    public var content: Duration
    /// The maximum time for all replies to the end of the message; progress packets do not extend it.
    public var end: Duration

    /// Creates timeouts.
    public init(
      connect: Duration = .seconds(4), command: Duration = .seconds(8),
      content: Duration = .seconds(60), end: Duration = .seconds(120)
    ) {
      self.connect = connect
      self.command = command
      self.content = content
      self.end = end
    }
  }

  /// Where the filter runs.
  enum Place {
    case here(MilterBase.Type, () -> MilterBase)
    case socket(String, Timeouts)
  }

  let place: Place
  /// The name in log lines.
  var name: String
  var fallback = Fallback.tempfail
  /// Whether the member has no effect on mail.
  var isShadow = false
  var takesClient: ((MilterClientInfo) -> Bool)?
  var takesMessage: ((ChainEnvelope) -> Bool)?

  /// Creates a member from a filter of this process.
  ///
  /// - Parameter filter: Creates the filter. The expression is evaluated for each connection of the MTA, and
  ///   again when the chain uses a failed member for another client. ``MilterChain/prepare()`` prepares its
  ///   static type.
  /// - Returns: The member.
  public static func filter<Filter: MilterBase>(
    _ filter: @autoclosure @escaping () -> Filter
  ) -> Self {
    Self(place: .here(Filter.self, filter), name: Filter.name)
  }

  /// Creates a member that gets each message as a value, as a ``MessageMilter`` does.
  public static func message(
    _ work: @escaping (inout MilterMessage) async throws -> MilterStatus
  ) -> Self {
    message(withNotes: { message, _ in try await work(&message) })
  }

  /// Creates a member that gets each message as a value, with the notes that the members share about it.
  ///
  /// ```swift
  /// import MilterKit
  ///
  /// enum SpamScore: MilterNoteKey {
  ///   typealias Value = Double
  /// }
  ///
  /// let tag = ChainMember.message { message, notes in
  ///   if let score = notes[SpamScore.self] { message.headers["X-Spam-Score"] = "\(score)" }
  ///   return .continue
  /// }
  /// ```
  ///
  /// See ``MilterBase/messageNotes``.
  public static func message(
    withNotes work: @escaping (inout MilterMessage, MilterNotes) async throws -> MilterStatus
  ) -> Self {
    Self(place: .here(MessageClosure.self) { MessageClosure(work) }, name: "message")
  }

  /// Creates a member from a filter in any language that listens on a socket.
  ///
  /// - Parameters:
  ///   - socket: The filter's socket in libmilter's or Postfix's notation, such as `inet:8891@127.0.0.1` or
  ///     `unix:/path`.
  ///   - timeouts: The chain's timeouts for the filter.
  /// - Returns: The member. The chain connects to it when the MTA connects.
  public static func remote(_ socket: String, timeouts: Timeouts = .init()) -> Self {
    Self(place: .socket(socket, timeouts), name: socket)
  }

  /// Returns the member with another name in log lines.
  public func named(_ name: String) -> Self { changed { $0.name = name } }

  /// Returns the member with a fallback.
  public func onFailure(_ fallback: Fallback) -> Self { changed { $0.fallback = fallback } }

  /// Returns the member without effect on mail.
  ///
  /// Use this to try a filter on live mail. The member gets the same messages as otherwise. The members after
  /// it get the messages without its changes. Its verdicts and changes are not carried out, and its failure
  /// does not affect mail. The log has a line at ``MilterLogLevel/notice`` for each verdict that would have
  /// refused or discarded mail, and for the changes of each message, without content. Other members do not see
  /// its notes about a message.
  public func shadow() -> Self { changed { $0.isShadow = true } }

  /// Returns the member for the mail of some clients only.
  ///
  /// The condition is evaluated at MAIL, for each message. The chain requests all macros for
  /// ``MilterClientInfo``. The member gets connect and HELO for every client. If it refuses a client there, the
  /// chain refuses those of the client's messages for which the condition is true. If the condition is false,
  /// the member gets nothing of the message, and its failure does not affect that message.
  public func when(_ condition: @escaping (MilterClientInfo) -> Bool) -> Self {
    changed { $0.takesClient = condition }
  }

  /// Returns the member for some messages only.
  ///
  /// The condition is evaluated after the whole message has arrived and the members before this one have seen
  /// it. The member always gets sender and recipients, and may refuse them. If the condition is false, the
  /// message is aborted for the member, and its failure does not affect the message.
  public func whenMessage(_ condition: @escaping (ChainEnvelope) -> Bool) -> Self {
    changed { $0.takesMessage = condition }
  }

  private func changed(_ change: (inout Self) -> Void) -> Self {
    var member = self
    change(&member)
    return member
  }

  var type: MilterBase.Type? {
    guard case .here(let type, _) = place else { return nil }
    return type
  }

  var isRemote: Bool { type == nil }

  /// Whether mail passes if the member has failed.
  var failsOpen: Bool { isShadow || fallback == .accept }
}

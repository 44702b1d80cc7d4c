import MilterRuntime

/// One of the filters of a ``MilterChain``, and what becomes of mail if it fails.
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
  /// The action on mail when a member throws, breaks the protocol, is silent for too long, or cannot be
  /// reached.
  public enum Fallback: Hashable, Sendable {
    /// The client is told to try again later; the default.
    case tempfail
    /// Mail passes as if the member were not there; its changes are dropped.
    case accept
  }

  /// The timeouts of the chain for a remote member.
  ///
  /// All members together have the time of ``MilterChain/timeLimits``.
  public struct Timeouts: Hashable, Sendable {
    /// The maximum time for the connection.
    public var connect: Duration
    /// The maximum time for each reply before the message's content.
    public var command: Duration
    /// The maximum time for each reply to the content, from the first header field to the end.
    public var content: Duration
    /// The maximum time for all replies to the end of the message; signs of life do not prolong it.
    public var end: Duration

    /// Makes timeouts.
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

  /// The place of the filter.
  enum Place {
    case here(MilterBase.Type, () -> MilterBase)
    case socket(String, Timeouts)
  }

  let place: Place
  /// The name in log lines.
  var name: String
  var fallback = Fallback.tempfail
  /// Whether it has no effect on mail.
  var isShadow = false
  var takesClient: ((MilterClientInfo) -> Bool)?
  var takesMessage: ((ChainEnvelope) -> Bool)?

  /// A filter of this process.
  ///
  /// - Parameter filter: makes the filter. It is evaluated for each connection of the MTA, and again when
  ///   a failed member is used for another client. ``MilterChain/prepare()`` prepares its static type.
  /// - Returns: the member.
  public static func filter<Filter: MilterBase>(
    _ filter: @autoclosure @escaping () -> Filter
  ) -> Self {
    Self(place: .here(Filter.self, filter), name: Filter.name)
  }

  /// A filter that gets each message as a value, as a ``MessageMilter`` does.
  public static func message(
    _ work: @escaping (inout MilterMessage) async throws -> MilterStatus
  ) -> Self {
    message(withNotes: { message, _ in try await work(&message) })
  }

  /// A filter that gets each message as a value, and the notes that the members share about it.
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

  /// A filter that listens on a socket, written in any language.
  ///
  /// - Parameters:
  ///   - socket: where, in libmilter's or Postfix's notation: `inet:8891@127.0.0.1`, `unix:/path`.
  ///   - timeouts: how long the chain waits for it.
  /// - Returns: the member; the chain connects to it when the MTA connects.
  public static func remote(_ socket: String, timeouts: Timeouts = .init()) -> Self {
    Self(place: .socket(socket, timeouts), name: socket)
  }

  /// The same member with another name in log lines.
  public func named(_ name: String) -> Self { changed { $0.name = name } }

  /// The same member with a fallback.
  public func onFailure(_ fallback: Fallback) -> Self { changed { $0.fallback = fallback } }

  /// The same member, without effect on mail.
  ///
  /// For a filter that is tried on live mail. The member sees messages as it would otherwise; the members
  /// after it see them as if it were not there. Its verdicts and changes are not carried out, and its failure
  /// does not affect mail. The log has a line at ``MilterLogLevel/notice`` for each verdict that would have
  /// refused mail or thrown it away, and for the changes of each message, without content. Other members do
  /// not see what it notes about a message.
  public func shadow() -> Self { changed { $0.isShadow = true } }

  /// The same member, for the mail of some clients only.
  ///
  /// The condition is evaluated at MAIL, for each message. The chain asks the MTA for everything that
  /// ``MilterClientInfo`` reports. The member gets connect and HELO for every client. If it refuses
  /// a client there, the chain refuses those of the client's messages for which the condition holds. The
  /// member gets nothing of a message for which the condition does not hold, and its failure does not
  /// affect that message.
  public func when(_ condition: @escaping (MilterClientInfo) -> Bool) -> Self {
    changed { $0.takesClient = condition }
  }

  /// The same member, for some messages only.
  ///
  /// The condition is evaluated once the whole message has come, after the members before this one. The
  /// member gets sender and recipients in any case, and may refuse them. If the condition does not
  /// hold, the message is aborted for the member, and its failure does not affect the message.
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

  /// Whether mail passes without it when it has failed.
  var failsOpen: Bool { isShadow || fallback == .accept }
}

/// The data for the condition of ``ChainMember/whenMessage(_:)``.
public struct ChainEnvelope: Sendable {
  /// The client.
  public let client: MilterClientInfo
  /// The sender, as the MTA named it.
  public let sender: String
  /// The recipients that were not refused, as the MTA named them.
  public let recipients: [String]
  /// The size of header and body, in bytes, as the members before this one have left them.
  public let size: Int
  /// The notes of the members before this one.
  public let notes: MilterNotes
}

/// A filter that is a closure.
private final class MessageClosure: MessageMilter {
  private let work: (inout MilterMessage, MilterNotes) async throws -> MilterStatus

  required init() {
    work = { _, _ in .continue }
    super.init()
  }

  init(_ work: @escaping (inout MilterMessage, MilterNotes) async throws -> MilterStatus) {
    self.work = work
    super.init()
  }

  nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
    -> Status
  { try await work(&message, messageNotes) }
}

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
/// - ``remote(_:timeouts:)``
///
/// ### What holds for a member
/// - ``named(_:)``
/// - ``onFailure(_:)``
/// - ``when(_:)``
/// - ``whenMessage(_:)``
public struct ChainMember {
  /// What becomes of mail when a member throws, breaks the protocol, says nothing for too long, or cannot
  /// be reached.
  public enum Fallback: Hashable, Sendable {
    /// The client is told to try again later; the default.
    case tempfail
    /// Mail passes as if the member were not there; what it wanted to change is forgotten.
    case accept
  }

  /// The time that a remote member is waited for.
  public struct Timeouts: Hashable, Sendable {
    /// For the connection.
    public var connect: Duration
    /// For each reply before the message's content.
    public var command: Duration
    /// For each reply to the content, from the first header to the end.
    public var content: Duration

    /// Makes timeouts; together they should be shorter than those of the MTA.
    public init(
      connect: Duration = .seconds(5), command: Duration = .seconds(10),
      content: Duration = .seconds(60)
    ) {
      self.connect = connect
      self.command = command
      self.content = content
    }
  }

  /// Where the filter is.
  enum Place {
    case here(MilterBase)
    case socket(String, Timeouts)
  }

  let place: Place
  /// The name in log lines.
  var name: String
  var fallback = Fallback.tempfail
  var takesClient: ((MilterClientInfo) -> Bool)?
  var takesMessage: ((ChainEnvelope) -> Bool)?

  /// A filter of this process; a member needs an instance of its own.
  public static func filter(_ filter: MilterBase) -> Self {
    Self(place: .here(filter), name: Swift.type(of: filter).name)
  }

  /// A filter that gets each message as a value, as a ``MessageMilter`` does.
  public static func message(
    _ work: @escaping (inout MilterMessage) async throws -> MilterStatus
  ) -> Self {
    Self(place: .here(MessageClosure(work)), name: "message")
  }

  /// A filter that listens on a socket, in whatever language it is written.
  ///
  /// - Parameters:
  ///   - socket: where, in libmilter's or Postfix's notation: `inet:8891@127.0.0.1`, `unix:/path`.
  ///   - timeouts: how long it is waited for.
  /// - Returns: the member; it is connected to when the MTA connects.
  public static func remote(_ socket: String, timeouts: Timeouts = .init()) -> Self {
    Self(place: .socket(socket, timeouts), name: socket)
  }

  /// The same member by another name in log lines.
  public func named(_ name: String) -> Self { changed { $0.name = name } }

  /// The same member with a fallback.
  public func onFailure(_ fallback: Fallback) -> Self { changed { $0.fallback = fallback } }

  /// The same member, for the mail of some clients only.
  ///
  /// The condition is evaluated at MAIL, for each message: by then the MTA has said who the client is and
  /// whether it has logged in. The member is told of every client with connect and HELO all the same;
  /// of a message that it is not for it is told nothing.
  public func when(_ condition: @escaping (MilterClientInfo) -> Bool) -> Self {
    changed { $0.takesClient = condition }
  }

  /// The same member, for some messages only.
  ///
  /// The condition is evaluated once all of the message has come, after the members before this one. The
  /// member is told of sender and recipients all the same; if the condition is false, the message is
  /// aborted for it.
  public func whenMessage(_ condition: @escaping (ChainEnvelope) -> Bool) -> Self {
    changed { $0.takesMessage = condition }
  }

  private func changed(_ change: (inout Self) -> Void) -> Self {
    var member = self
    change(&member)
    return member
  }

  var type: MilterBase.Type? {
    guard case .here(let filter) = place else { return nil }
    return Swift.type(of: filter)
  }
}

/// What the condition of ``ChainMember/whenMessage(_:)`` looks at.
public struct ChainEnvelope: Sendable {
  /// The client.
  public let client: MilterClientInfo
  /// The sender, as the MTA named it.
  public let sender: String
  /// The recipients that were not refused, as the MTA named them.
  public let recipients: [String]
  /// The size of header and body, in bytes, as the members before this one have left them.
  public let size: Int
}

/// A filter that is a closure.
private final class MessageClosure: MessageMilter {
  private let work: (inout MilterMessage) async throws -> MilterStatus

  required init() {
    work = { _ in .continue }
    super.init()
  }

  init(_ work: @escaping (inout MilterMessage) async throws -> MilterStatus) {
    self.work = work
    super.init()
  }

  nonisolated(nonsending) override func message(_ message: inout MilterMessage) async throws
    -> Status
  { try await work(&message) }
}

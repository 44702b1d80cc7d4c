import MilterCommandLine
import MilterRuntime

/// A remote member of a chain, read from a line of a configuration file.
///
/// ```
/// member = clamav unix:/run/clamav/milter.sock clients=!192.0.2.0/24
/// member = opendkim inet:8891@127.0.0.1 when=authenticated on-failure=accept
/// ```
///
/// The first word is the member's name in the log and in metrics. The second word is its socket. Further words
/// have the form `KEY=VALUE`.
///
/// Put a word with spaces in double quotes, such as `"unix:/run/my filter/sock"`. In quotes, `\"` and `\\` stand for
/// a double quote and a backslash. In a configuration file, also put the whole value in double quotes if it begins
/// with a double quote, or has a `#` after a space: `member = "\"my filter\" unix:/run/filter/sock"`.
///
/// | Key | Effect |
/// |---|---|
/// | `on-failure=accept` | mail passes without the member if it fails; `tempfail` is the default |
/// | `when=authenticated`, `when=unauthenticated` | only for clients that have logged in, or have not |
/// | `clients=NETWORKS` | only for clients of these networks, such as `192.0.2.0/24,2001:db8::/32`; with `!` before the list, only for others |
/// | `senders=LIST`, `recipients=LIST` | only for messages from or to one of these addresses, or domains such as `@example.org`; with `!` before the list, only for messages with others |
/// | `min-size=BYTES`, `max-size=BYTES` | only for messages of this size; `K` and `M` stand for 1024 and 1048576 bytes |
/// | `connect-timeout=SECONDS`, `command-timeout=SECONDS`, `content-timeout=SECONDS`, `end-timeout=SECONDS` | see ``ChainMember/Timeouts`` |
/// | `shadow` | the member has no effect on mail; see ``ChainMember/shadow()`` |
///
/// This program has a chain with such members:
///
/// ```swift
/// import MilterKit
///
/// @main
/// final class Filters: MilterChain {
///   private static let remote = ConfiguredMember.setting("member")
///
///   override class var programOptions: [any MilterProgramOption] { super.programOptions + [remote] }
///   @ChainBuilder override class var members: [ChainMember] {
///     ChainMember.message { message in
///       message.headers["X-Filtered-By"] = "mx.example.org"
///       return .continue
///     }
///     remote.value
///   }
/// }
/// ```
public struct ConfiguredMember: Sendable {
  /// The member's name.
  public let name: String
  /// The socket on which the filter listens.
  public let socket: String

  var fallback = ChainMember.Fallback.tempfail
  var isShadow = false
  var timeouts = ChainMember.Timeouts()
  /// The conditions on the client.
  var clientConditions: [@Sendable (MilterClientInfo) -> Bool] = []
  /// The conditions on the message.
  var messageConditions: [@Sendable (ChainEnvelope) -> Bool] = []

  /// Reads a member.
  ///
  /// - Parameter text: The line without the key `member`.
  /// - Throws: ``MilterUsageError`` that describes the mistake, also one in a socket or in a list.
  public init(_ text: String) throws(MilterUsageError) {
    do {
      try self.init(line: text)
    } catch let error as MilterUsageError {
      throw error
    } catch {
      throw MilterUsageError("\(error)")
    }
  }

  private init(line text: String) throws {
    let words = try QuotedWords(text).words
    guard words.count >= 2, !words[0].isEmpty, !words[0].contains("=") else {
      throw MilterUsageError("a member is written NAME SOCKET [KEY=VALUE ...]")
    }
    name = words[0]
    socket = words[1]
    try ConfiguredMemberKey.checkSocket(socket)
    var seen: Set<String> = []
    for word in words.dropFirst(2) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = String(parts[0])
      guard seen.insert(key).inserted else { throw MilterUsageError("\(key) is given twice") }
      try ConfiguredMemberKey.named(key).apply(parts.count > 1 ? String(parts[1]) : nil, &self)
    }
  }

  /// The member of the chain.
  public var member: ChainMember {
    var member = ChainMember.remote(socket, timeouts: timeouts).named(name).onFailure(fallback)
    if isShadow { member = member.shadow() }
    if !clientConditions.isEmpty {
      member = member.when { [clientConditions] client in
        clientConditions.allSatisfy { $0(client) }
      }
    }
    if !messageConditions.isEmpty {
      member = member.whenMessage { [messageConditions] message in
        messageConditions.allSatisfy { $0(message) }
      }
    }
    return member
  }

  /// Creates the setting for a list of members.
  ///
  /// Each use of the option adds a member.
  ///
  /// After a reload, new connections have the new members.
  ///
  /// - Parameter name: The option's name, without the dashes.
  /// - Returns: The setting.
  public static func setting(_ name: String = "member") -> MilterSetting<[ConfiguredMember]> {
    MilterSetting(
      each: name, argument: "\"NAME SOCKET ...\"",
      help:
        "a filter of the chain; repeatable, in the order in which filters get mail; after name and "
        + "socket may follow on-failure=accept, when=authenticated or when=unauthenticated, "
        + "clients=NETWORKS, senders=LIST, recipients=LIST, min-size=BYTES, max-size=BYTES, "
        + "connect-timeout=SECONDS, command-timeout=SECONDS, content-timeout=SECONDS, "
        + "end-timeout=SECONDS, and shadow; put a word with spaces in double quotes; in a "
        + "configuration file, also put the whole value in quotes if it begins with a quote: "
        + #"\#(name) = "\"my filter\" unix:/run/filter/sock""#
    ) { texts in
      var names: Set<String> = []
      return try texts.map { text in
        let member = try ConfiguredMember(text)
        guard names.insert(member.name).inserted else {
          throw MilterUsageError("there is another member of that name")
        }
        return member
      }
    }
  }
}

extension ChainBuilder {
  /// Returns the members of a configuration file.
  public static func buildExpression(_ members: [ConfiguredMember]) -> [ChainMember] {
    members.map(\.member)
  }
}

/// An error between a filter and an MTA, or in a filter's use of the library.
///
/// Two errors are equal when their codes are; the message is for people. It names commands, options
/// and lengths, never addresses, headers or body: it may be logged at any level.
public struct MilterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case invalidFrameLength, unknownCommand, malformedCommand, unknownReply, malformedReply
      case unsupportedVersion, notOffered, negotiationRefused
      case wrongTime, notNegotiated, invalidArgument, invalidReply, statusNotAllowed, timedOut
    }
    private let kind: Kind

    /// A frame announced a length of zero, a negative one, or more than was agreed.
    public static let invalidFrameLength = Code(kind: .invalidFrameLength)
    /// The MTA sent a command byte that the protocol does not have.
    public static let unknownCommand = Code(kind: .unknownCommand)
    /// The MTA's command lacks a part, or a string in it has no end.
    public static let malformedCommand = Code(kind: .malformedCommand)
    /// The filter sent a reply byte that the protocol does not have.
    public static let unknownReply = Code(kind: .unknownReply)
    /// The filter's reply lacks a part, or a string in it has no end.
    public static let malformedReply = Code(kind: .malformedReply)
    /// The MTA speaks a protocol version below 2.
    public static let unsupportedVersion = Code(kind: .unsupportedVersion)
    /// The filter asked for actions or steps that the MTA does not offer.
    public static let notOffered = Code(kind: .notOffered)
    /// The filter's `negotiate` returned something else than continue or all options.
    public static let negotiationRefused = Code(kind: .negotiationRefused)
    /// An action was called in a callback where the protocol has no place for it.
    public static let wrongTime = Code(kind: .wrongTime)
    /// An action was called whose flag was not negotiated.
    public static let notNegotiated = Code(kind: .notNegotiated)
    /// An argument of an action is empty, too long, or holds bytes it must not hold.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// The parts of an SMTP reply do not make a legal one.
    public static let invalidReply = Code(kind: .invalidReply)
    /// A callback returned a status that its step cannot have.
    public static let statusNotAllowed = Code(kind: .statusNotAllowed)
    /// A callback ran longer than it may, and its step was answered without it.
    public static let timedOut = Code(kind: .timedOut)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of error.
  public let code: Code
  /// A description of what is wrong and, where it helps, of the correct form.
  public let message: String

  /// Makes an error of a kind with a text for people.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// Whether both are of the same kind; messages are not compared.
  public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}

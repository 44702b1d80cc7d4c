/// An error between a filter and an MTA, or in a filter's use of the library.
///
/// Two errors are equal if their codes are equal. The message names commands, options, and lengths. It never
/// quotes addresses, headers, or body, so it may be logged at any level.
public struct MilterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of error.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case invalidFrameLength, unknownCommand, malformedCommand, unknownReply, malformedReply
      case unsupportedVersion, notOffered, negotiationRefused
      case wrongTime, notNegotiated, invalidArgument, invalidReply, statusNotAllowed, timedOut
    }
    private let kind: Kind

    /// A frame announced a length of zero, a negative one, or one above the limit that was agreed on.
    public static let invalidFrameLength = Code(kind: .invalidFrameLength)
    /// The MTA sent a command byte that the protocol does not have.
    public static let unknownCommand = Code(kind: .unknownCommand)
    /// A part of the MTA's command is missing, or a string in it has no end.
    public static let malformedCommand = Code(kind: .malformedCommand)
    /// The filter sent a reply byte that the protocol does not have.
    public static let unknownReply = Code(kind: .unknownReply)
    /// A part of the filter's reply is missing, or a string in it has no end.
    public static let malformedReply = Code(kind: .malformedReply)
    /// The MTA uses a protocol version below 2.
    public static let unsupportedVersion = Code(kind: .unsupportedVersion)
    /// The filter requested actions or steps that the MTA does not offer.
    public static let notOffered = Code(kind: .notOffered)
    /// The filter's `negotiate` returned a status other than continue or all options.
    public static let negotiationRefused = Code(kind: .negotiationRefused)
    /// An action was called in a callback in which the protocol does not allow it.
    public static let wrongTime = Code(kind: .wrongTime)
    /// An action was called whose flag was not negotiated.
    public static let notNegotiated = Code(kind: .notNegotiated)
    /// An argument of an action is empty, is too long, or contains bytes that are not allowed.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// The parts of an SMTP reply do not form a valid reply.
    public static let invalidReply = Code(kind: .invalidReply)
    /// A callback returned a status that is not allowed at its step.
    public static let statusNotAllowed = Code(kind: .statusNotAllowed)
    /// A callback exceeded its time limit, and the MTA got an answer without it.
    public static let timedOut = Code(kind: .timedOut)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of error.
  public let code: Code
  /// A description of the mistake and, if useful, of the correct form.
  public let message: String

  /// Creates an error with a code and a message.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// Whether two errors have the same code; the messages are not compared.
  public static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}

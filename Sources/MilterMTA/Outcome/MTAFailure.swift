import MilterCore

/// The reason why a filter's connection to the MTA ended: the filter's failure, or a mistake of the program
/// that drives the MTA.
///
/// Two failures are equal when their codes are; the message is for people, and names commands and
/// options, never addresses, headers or body.
public struct MTAFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case connectionClosed, timedOut, malformedReply, unexpectedReply, refusedOffer
      case interruptedBody, afterQuit, notIdle
    }
    private let kind: Kind

    /// The filter closed the connection.
    public static let connectionClosed = Code(kind: .connectionClosed)
    /// The filter did not reply in time.
    public static let timedOut = Code(kind: .timedOut)
    /// The filter sent bytes that are no reply.
    public static let malformedReply = Code(kind: .malformedReply)
    /// The filter sent a reply that has no place there.
    public static let unexpectedReply = Code(kind: .unexpectedReply)
    /// The filter asked for what the MTA does not offer.
    public static let refusedOffer = Code(kind: .refusedOffer)
    /// Something else came between two chunks of a new body.
    public static let interruptedBody = Code(kind: .interruptedBody)
    /// A step or a message was to follow the end of the connection; the filter did nothing wrong.
    public static let afterQuit = Code(kind: .afterQuit)
    /// A message was sent while the one before was being sent; the filter did nothing wrong.
    public static let notIdle = Code(kind: .notIdle)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of failure.
  public let code: Code
  /// A description of what happened.
  public let message: String

  /// Makes a failure of a kind with a text for people.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Makes the failure of bytes that could not be read.
  init(_ error: MilterError) { self.init(.malformedReply, error.message) }

  /// The message.
  public var description: String { message }

  /// Whether both are of the same kind; messages are not compared.
  public static func == (a: Self, b: Self) -> Bool { a.code == b.code }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

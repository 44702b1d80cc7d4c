import MilterCore

/// The reason why a filter's connection to the MTA ended: the filter's failure, or a mistake of the program
/// that uses the session.
///
/// Two failures are equal if their codes are equal. The message names commands and options, never addresses,
/// headers, or body.
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
    /// The filter sent bytes that are not a reply.
    public static let malformedReply = Code(kind: .malformedReply)
    /// The filter sent a reply that is not allowed at this step.
    public static let unexpectedReply = Code(kind: .unexpectedReply)
    /// The filter requested options that the MTA does not offer.
    public static let refusedOffer = Code(kind: .refusedOffer)
    /// Another packet came between two chunks of a new body.
    public static let interruptedBody = Code(kind: .interruptedBody)
    /// A step or a message followed the end of the connection; the filter did nothing wrong.
    public static let afterQuit = Code(kind: .afterQuit)
    /// A message was sent before the previous one was complete; the filter did nothing wrong.
    public static let notIdle = Code(kind: .notIdle)

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of failure.
  public let code: Code
  /// A description of what happened.
  public let message: String

  /// Creates a failure with a code and a message.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Creates the failure for malformed bytes.
  init(_ error: MilterError) { self.init(.malformedReply, error.message) }

  /// The message.
  public var description: String { message }

  /// Whether two failures have the same code; the messages are not compared.
  public static func == (a: Self, b: Self) -> Bool { a.code == b.code }

  /// Hashes the values that equality compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

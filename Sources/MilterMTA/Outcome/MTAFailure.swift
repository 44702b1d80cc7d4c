import MilterCore

/// What a filter did that ends its connection to the MTA.
///
/// Two failures are equal when their codes are; the message is for people, and names commands and
/// options, never addresses, headers or body.
public struct MTAFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case connectionClosed, timedOut, malformedReply, unexpectedReply, refusedOffer
      case interruptedBody
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

    /// The code's name.
    public var description: String { kind.rawValue }
  }

  /// The kind of failure.
  public let code: Code
  /// What the filter did.
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

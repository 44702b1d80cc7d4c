import MilterProcesses
public import MilterSystem

/// An error of a mail server that a test has started, or of its client.
///
/// Two errors are equal if their codes are equal; the messages are for people.
public struct RealMTAError: Error, Sendable {
  /// The kind of failure.
  public let code: Code

  /// A description of the failure, with the output of the program that failed.
  public let message: String

  /// The underlying error of the operating system, if there is one.
  public let underlying: Errno?

  /// Creates an error.
  init(_ code: Code, _ message: String, underlying: Errno? = nil) {
    self.code = code
    self.message = message
    self.underlying = underlying
  }
}

extension RealMTAError {
  /// The kind of a failure; more kinds may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case notInstalled, invalidSetting, notListening, ended, programFailed, disconnected, timedOut
      case refused, noSuchMessage, unexpectedOutput, systemCall, other
    }

    private let value: Value

    /// The name of the code.
    public var description: String { value.rawValue }

    /// A program or a right that the MTA needs is missing; the message names it and its package.
    public static var notInstalled: Code { Code(value: .notInstalled) }

    /// A filter's socket or a client's address is not valid.
    public static var invalidSetting: Code { Code(value: .invalidSetting) }

    /// No process listens on the port.
    public static var notListening: Code { Code(value: .notListening) }

    /// The MTA ended by itself, for example because its configuration is wrong; the message has its log.
    public static var ended: Code { Code(value: .ended) }

    /// A program of the MTA exited with an error; the message has its output.
    public static var programFailed: Code { Code(value: .programFailed) }

    /// The server closed the connection.
    public static var disconnected: Code { Code(value: .disconnected) }

    /// The MTA did not respond in time, or a message did not arrive in the queue in time.
    public static var timedOut: Code { Code(value: .timedOut) }

    /// The MTA refused a message that was submitted locally; the message has its reply.
    public static var refused: Code { Code(value: .refused) }

    /// The queue has no such message.
    public static var noSuchMessage: Code { Code(value: .noSuchMessage) }

    /// A file or the output of a program of the MTA does not have the expected form.
    public static var unexpectedOutput: Code { Code(value: .unexpectedOutput) }

    /// A system call failed; `underlying` has its error.
    public static var systemCall: Code { Code(value: .systemCall) }

    /// Another failure, which the message describes.
    public static var other: Code { Code(value: .other) }
  }
}

extension RealMTAError {
  /// Calls a closure, and converts its error.
  static func catching<Value>(
    _ body: () throws -> Value
  ) throws(RealMTAError) -> Value {
    do {
      return try body()
    } catch {
      throw RealMTAError(error)
    }
  }

  /// Converts an error.
  init(_ error: any Error) {
    switch error {
    case let error as RealMTAError: self = error
    case let error as HarnessError:
      let code: Code =
        switch error.kind {
        case .ended: .ended
        case .programFailed: .programFailed
        case .timedOut: .timedOut
        case .systemCall: .systemCall
        case .other: .other
        }
      self.init(code, error.description, underlying: error.underlying)
    case let error as SocketError:
      let code: Code =
        switch error.code {
        case .invalidSpec: .invalidSetting
        case .disconnected: .disconnected
        case .timedOut: .timedOut
        default: .systemCall
        }
      self.init(code, error.message, underlying: error.underlying)
    case let error as FileError:
      self.init(.systemCall, error.message, underlying: error.underlying)
    default: self.init(.other, "\(error)")
    }
  }
}

extension RealMTAError: Equatable {
  /// Compares the codes.
  ///
  /// - Parameters:
  ///   - left: An error.
  ///   - right: Another error.
  /// - Returns: Whether both codes are equal.
  public static func == (left: RealMTAError, right: RealMTAError) -> Bool {
    left.code == right.code
  }
}

extension RealMTAError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}

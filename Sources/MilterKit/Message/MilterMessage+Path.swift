public import MilterCore
public import MilterMail

extension MilterMessage {
  /// The envelope address of the sender or of a recipient, with its ESMTP arguments.
  ///
  /// A path is a constant. You can replace it with another one, with ``replacingAddress(with:)``, which keeps
  /// the arguments, or with ``changingParameters(_:)``, which keeps the address.
  public struct Path: Sendable {
    /// The path as it is written in SMTP, with angle brackets; `<>` for the null sender.
    ///
    /// A path from the client has the client's spelling.
    public let rawValue: [UInt8]
    /// The bytes of the ESMTP arguments as they are written, such as `SIZE=1000`.
    public let rawArguments: [[UInt8]]

    init(rawValue: [UInt8], rawArguments: [[UInt8]]) {
      self.rawValue = rawValue
      self.rawArguments = rawArguments
    }

    /// Creates a path from text.
    ///
    /// - Parameters:
    ///   - text: The address; angle brackets are optional, and `<>` is the null sender.
    ///   - arguments: The ESMTP arguments, such as `NOTIFY=NEVER`.
    /// - Throws: ``/MilterCore/MilterError`` if the address or an argument is not allowed in an SMTP command,
    ///   because it has control characters, or white space outside of a quoted string.
    public init(_ text: String, arguments: [String] = []) throws(MilterError) {
      for argument in arguments { try Self.check(Array(argument.utf8)) }
      try self.init(text, rawArguments: arguments.map { Array($0.utf8) })
    }

    private init(_ text: String, rawArguments: [[UInt8]]) throws(MilterError) {
      let bare = Self.bare(Array(text.utf8))
      guard Self.isWritable(bare) else {
        throw MilterError(
          .invalidArgument,
          "an envelope address contains control characters, angle brackets, or unquoted space")
      }
      self.init(rawValue: [0x3C] + bare + [0x3E], rawArguments: rawArguments)
    }

    /// Creates a path from an address.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the address or an argument is not allowed in an SMTP command.
    public init(_ address: MailAddress, arguments: [String] = []) throws(MilterError) {
      try self.init(address.description, arguments: arguments)
    }

    /// Returns a path with another address and the same arguments.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the address is not allowed in an SMTP command.
    public func replacingAddress(with text: String) throws(MilterError) -> Self {
      try Self(text, rawArguments: rawArguments)
    }

    /// Returns a path with the same address and other ESMTP arguments.
    ///
    /// ```swift
    /// func report(_ message: inout MilterMessage) throws {
    ///   message.sender = try message.sender.changingParameters { $0.ret = .headers }
    /// }
    /// ```
    ///
    /// - Parameter changes: Changes the parameters. Unchanged parameters stay byte for byte.
    /// - Returns: The new path.
    /// - Throws: An error of `changes`; ``/MilterCore/MilterError`` if a new argument is not allowed in an SMTP
    ///   command.
    public func changingParameters(
      _ changes: (inout ESMTPParameters) throws -> Void
    ) throws -> Self {
      var parameters = parameters
      try changes(&parameters)
      for argument in parameters.rawArguments where !rawArguments.contains(argument) {
        try Self.check(argument)
      }
      return Self(rawValue: rawValue, rawArguments: parameters.rawArguments)
    }

    /// The ESMTP arguments as they are written, such as `SIZE=1000`; invalid UTF-8 becomes U+FFFD.
    public var arguments: [String] { rawArguments.map { String(decoding: $0, as: UTF8.self) } }

    /// The ESMTP arguments with their values, such as ``/MilterMail/ESMTPParameters/size`` of a sender and
    /// ``/MilterMail/ESMTPParameters/notify`` of a recipient.
    public var parameters: ESMTPParameters { ESMTPParameters(rawArguments: rawArguments) }

    /// The address.
    ///
    /// If the path has no domain, such as `<postmaster>`, or is not a valid address, the local part is the
    /// whole text and the domain is empty. This is also true for the null sender.
    public var address: MailAddress {
      MailAddress(rawValue) ?? MailAddress(localPart: text, domain: "")
    }

    /// The address as it is written, without angle brackets.
    public var text: String { String(decoding: bareValue, as: UTF8.self) }

    /// Whether this is the null sender, `<>`, of a bounce.
    public var isNull: Bool { bareValue.isEmpty }

    /// The address without angle brackets, by which MTAs compare recipients.
    var bareValue: [UInt8] { Self.bare(rawValue) }

    private static func bare(_ text: [UInt8]) -> [UInt8] {
      guard text.first == 0x3C, text.last == 0x3E, text.count > 1 else { return text }
      return Array(text.dropFirst().dropLast())
    }

    private static func isWritable(_ text: [UInt8]) -> Bool {
      var isQuoted = false
      var isEscaped = false
      for byte in text {
        guard byte >= 0x20, byte != 0x7F else { return false }
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\"), isQuoted {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isQuoted.toggle()
        } else if !isQuoted, byte == 0x20 || byte == 0x3C || byte == 0x3E {
          return false
        }
      }
      return !isQuoted
    }

    private static func check(_ argument: [UInt8]) throws(MilterError) {
      guard !argument.isEmpty, argument.first != UInt8(ascii: "="),
        argument.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
      else {
        throw MilterError(
          .invalidArgument,
          "an ESMTP argument is empty or contains control characters, \"=\" first, or space")
      }
    }
  }
}

extension MilterMessage.Path: CustomStringConvertible {
  /// The path and its arguments as they are written in SMTP.
  public var description: String {
    ([String(decoding: rawValue, as: UTF8.self)] + arguments).joined(separator: " ")
  }
}

extension MilterMessage.Path: Hashable {
  /// Whether two paths have the same address and arguments; angle brackets do not matter.
  public static func == (one: Self, other: Self) -> Bool {
    one.bareValue == other.bareValue && one.rawArguments == other.rawArguments
  }

  /// Hashes the values that equality compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(bareValue)
    hasher.combine(rawArguments)
  }
}

public import MilterCore

/// The data before a message's content: the client, HELO, the sender, and the recipients.
public struct MTAEnvelope: Hashable, Sendable {
  /// A sender or recipient.
  public struct Path: Hashable, Sendable {
    /// The address in angle brackets.
    public var address: [UInt8]
    /// The ESMTP arguments, such as `SIZE=1000`.
    public var arguments: [[UInt8]]
    /// The reply with which the MTA itself refuses the recipient; `nil` if it accepts it.
    ///
    /// The filter gets such recipients if it has negotiated `rcptRej`.
    public var refusal: [UInt8]?

    /// Creates a path; adds missing angle brackets.
    public init(_ address: [UInt8], arguments: [[UInt8]] = [], refusal: [UInt8]? = nil) {
      self.address = Self.bracketed(address)
      self.arguments = arguments
      self.refusal = refusal
    }

    /// Creates a path from text, with spaces between the arguments.
    public init(_ address: String, _ arguments: String = "") {
      self.init(Array(address.utf8), arguments: Self.split(Array(arguments.utf8)))
    }

    /// The address without its angle brackets.
    public var bareAddress: [UInt8] { Self.bare(address) }

    /// The part of the address after the last `@`; empty without one.
    public var host: [UInt8] {
      let bare = bareAddress
      guard let at = bare.lastIndex(of: UInt8(ascii: "@")) else { return [] }
      return Array(bare[(at + 1)...])
    }

    /// Whether the arguments have `REQUIRETLS`, of RFC 8689.
    var requiresTLS: Bool {
      arguments.contains { $0.map(\.asciiLowercased) == Array("requiretls".utf8) }
    }

    /// Returns an address without its angle brackets.
    package static func bare(_ address: [UInt8]) -> [UInt8] {
      guard address.first == UInt8(ascii: "<"), address.last == UInt8(ascii: ">") else {
        return address
      }
      return Array(address.dropFirst().dropLast())
    }

    private static func bracketed(_ address: [UInt8]) -> [UInt8] {
      [UInt8(ascii: "<")] + bare(address) + [UInt8(ascii: ">")]
    }

    static func split(_ arguments: [UInt8]) -> [[UInt8]] {
      arguments.split(separator: 0x20).map { Array($0) }
    }
  }

  /// The client's name.
  ///
  /// It is `[address]` if the MTA could not verify a name.
  public var host: [UInt8]
  /// The client's address; `nil` if it is unknown.
  public var address: MilterAddress?
  /// The name that the client sent with HELO or EHLO.
  public var helo: [UInt8]
  /// The sender.
  public var sender: Path
  /// The recipients.
  public var recipients: [Path]
  /// Macros that replace those of the MTA.
  public var macros: MTAMacros

  /// Creates an envelope.
  ///
  /// - Parameters:
  ///   - host: The client's name.
  ///   - address: The client's address.
  ///   - helo: The client's name in HELO; `nil` to use `host`.
  ///   - sender: The sender.
  ///   - recipients: The recipients.
  ///   - macros: Macros that replace those of the MTA.
  public init(
    host: String = Self.defaultHost, address: MilterAddress? = Self.defaultAddress,
    helo: String? = nil, sender: Path, recipients: [Path], macros: MTAMacros = .init()
  ) {
    self.host = Array(host.utf8)
    self.address = address
    self.helo = Array((helo ?? host).utf8)
    self.sender = sender
    self.recipients = recipients
    self.macros = macros
  }

  /// Creates the envelope of a message that a client begins.
  init(_ client: Client, sender: Path) {
    host = client.host
    address = client.address
    helo = client.helo
    self.sender = sender
    recipients = []
    macros = MTAMacros()
  }
}

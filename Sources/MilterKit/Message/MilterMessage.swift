public import MilterCore

/// A message as a value: its client, envelope, header, and body.
///
/// ``MessageMilter/message(_:)`` gets a message. The library converts the filter's changes to actions,
/// ``plan``, and carries them out:
///
/// ```swift
/// func footer(_ message: inout MilterMessage) throws {
///   message.headers["X-Footer"] = "added"
///   message.recipients.removeAll { $0.address.domain == "example.net" }
///   try message.body.replace(with: message.body.bytes + Array("-- \r\nExample Inc.\r\n".utf8))
/// }
/// ```
///
/// If the MTA cannot make a change, the change is refused at once, and a method throws. A setter cannot throw:
/// the value stays unchanged, and ``plan`` throws the error, which names the line of the assignment.
///
/// A test creates a message without an MTA, with ``init(from:to:headers:body:client:macros:mta:)``.
public struct MilterMessage: Sendable {
  /// The SMTP client that the message comes from.
  public let client: MilterClientInfo
  /// The MTA's macros.
  public let macros: Macros

  /// The envelope sender.
  ///
  /// If you assign an address, the ESMTP arguments stay; see ``Path/replacingAddress(with:)``.
  public var sender: Path {
    didSet { checkSender(oldValue) }
  }

  /// The envelope recipients, in the order of the client's commands.
  public var recipients: Recipients

  /// The header fields in order.
  ///
  /// They do not include the MTA's own `Received` field, which filters do not get.
  public var headers: Headers

  /// The body.
  public var body: Body

  /// The reason for the quarantine; `nil` if the message is not in quarantine.
  ///
  /// ``quarantine(_:)`` sets it.
  public private(set) var quarantineReason: String?

  /// The sender that the client named.
  let originalSender: Path
  /// The changes that the MTA can make, and how it counts header fields.
  let traits: MTATraits
  /// The reason why an assignment was refused, because an assignment cannot throw.
  private var ownRefusal: MilterError?

  init(
    client: MilterClientInfo, macros: Macros, sender: Path, recipients: Recipients,
    headers: Headers, body: Body, traits: MTATraits
  ) {
    self.client = client
    self.macros = macros
    self.sender = sender
    self.recipients = recipients
    self.headers = headers
    self.body = body
    self.traits = traits
    originalSender = sender
  }

  /// Quarantines the message: in Sendmail's quarantine, or in Postfix's hold queue.
  ///
  /// - Parameter reason: One line for the administrator.
  /// - Throws: ``/MilterCore/MilterError`` if the reason is empty or has several lines.
  ///
  /// The corresponding libmilter function is `smfi_quarantine`.
  public mutating func quarantine(_ reason: String) throws(MilterError) {
    guard !reason.isEmpty, !reason.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D })
    else {
      throw MilterError(.invalidArgument, "quarantine: the reason must be one line of text")
    }
    quarantineReason = reason
  }

  /// The first refused assignment, if any.
  var refusal: MilterError? { ownRefusal ?? headers.refusal }

  private mutating func checkSender(_ former: Path) {
    do throws(MilterError) {
      try traits.checkSender(sender, from: originalSender)
    } catch {
      ownRefusal = ownRefusal ?? error
      sender = former
    }
  }
}

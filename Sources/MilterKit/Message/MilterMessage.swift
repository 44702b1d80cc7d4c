public import MilterCore

/// A message as a value: its client, envelope, header, and body, to be read and changed.
///
/// ``MessageMilter/message(_:)`` gets one. What the filter changes in it becomes ``plan``, which the
/// library carries out:
///
/// ```swift
/// func footer(_ message: inout MilterMessage) throws {
///   message.headers["X-Footer"] = "added"
///   message.recipients.removeAll { $0.address.domain == "example.net" }
///   try message.body.replace(with: message.body.bytes + Array("-- \r\nExample Inc.\r\n".utf8))
/// }
/// ```
///
/// A change that the MTA cannot take is refused at once: methods throw. A setter cannot throw: it leaves the
/// value as it was, and ``plan`` throws the error, which names the line of the assignment.
///
/// A test makes a message without an MTA, with ``init(from:to:headers:body:client:macros:mta:)``.
public struct MilterMessage: Sendable {
  /// The SMTP client that the message comes from.
  public let client: MilterClientInfo
  /// The MTA's macros.
  public let macros: Macros

  /// The envelope sender.
  ///
  /// An assignment of an address keeps the ESMTP arguments; see ``Path/replacingAddress(with:)``.
  public var sender: Path {
    didSet { checkSender(oldValue) }
  }

  /// The envelope recipients, in the order of the client's commands.
  public var recipients: Recipients

  /// The header fields, in their order.
  ///
  /// The MTA's own `Received` field, which filters are not shown, is not among them.
  public var headers: Headers

  /// The body.
  public var body: Body

  /// Why the message goes to quarantine; `nil` if it does not.
  ///
  /// ``quarantine(_:)`` sets it.
  public private(set) var quarantineReason: String?

  /// The sender as the client gave it.
  let originalSender: Path
  /// The changes that the MTA can make, and how it counts header fields.
  let traits: MTATraits
  /// Why an assignment was refused that could not throw.
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

  /// Quarantines the message: Sendmail's quarantine, Postfix's hold queue.
  ///
  /// - Parameter reason: one line for the administrator.
  /// - Throws: ``/MilterCore/MilterError`` if the reason is empty or not one line.
  ///
  /// The corresponding libmilter function is `smfi_quarantine`.
  public mutating func quarantine(_ reason: String) throws(MilterError) {
    guard !reason.isEmpty, !reason.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D })
    else {
      throw MilterError(.invalidArgument, "quarantine: the reason must be one line of text")
    }
    quarantineReason = reason
  }

  /// The first assignment that was refused, if any.
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

public import MilterCore

extension MTAEnvelope {
  /// The default name of the client.
  public static let defaultHost = "client.example.org"
  /// The default address of the client.
  public static let defaultAddress: MilterAddress? = .inet(address: "192.0.2.25", port: 49152)
  /// The sender of a message whose header names none.
  public static let defaultSender = Path("<sender@example.org>")
  /// The recipient of a message whose header names none.
  public static let defaultRecipient = Path("<recipient@example.org>")
  /// The maximum number of recipients from a header; real MTAs also have such a limit.
  public static let recipientLimit = 1000

  /// Creates an envelope from the header of a message.
  ///
  /// - The sender is the first address of `Return-Path` (`<>` is the null sender), otherwise of `Sender`,
  ///   otherwise of `From`, otherwise ``defaultSender``.
  /// - The recipients are the addresses of `To`, `Cc`, `Bcc`, `Delivered-To`, and `X-Original-To`, without
  ///   duplicates, otherwise ``defaultRecipient``.
  /// - The client is ``defaultHost`` at ``defaultAddress``.
  public init(for message: MTAMessage) {
    self.init(sender: Self.sender(of: message), recipients: Self.recipients(of: message))
  }

  private static func sender(of message: MTAMessage) -> Path {
    for name in ["Return-Path", "Sender", "From"] {
      guard let value = message.value(of: name) else { continue }
      if name == "Return-Path", value.filter({ $0 != 0x20 }) == Array("<>".utf8) {
        return Path("<>")
      }
      if let first = AddressScanner.addresses(in: value, atMost: 1).first { return Path(first) }
    }
    return defaultSender
  }

  private static func recipients(of message: MTAMessage) -> [Path] {
    var seen: Set<[UInt8]> = []
    var paths: [Path] = []
    for name in ["To", "Cc", "Bcc", "Delivered-To", "X-Original-To"] {
      for header in message.headers where header.isNamed(name.utf8) {
        for address in AddressScanner.addresses(in: header.value, atMost: recipientLimit)
        where paths.count < recipientLimit && seen.insert(address).inserted {
          paths.append(Path(address))
        }
      }
    }
    return paths.isEmpty ? [defaultRecipient] : paths
  }
}

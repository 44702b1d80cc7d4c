public import MilterCore
public import MilterMTA

extension MTAMail {
  /// Builds a message.
  ///
  /// ```swift
  /// var message = MTAMail(
  ///   from: "a@example.org", to: "b@example.org", "c@example.org",
  ///   headers: ["Subject": "Hello"], body: "Hello!\n")
  /// message.client("mail.example.net", .inet(address: "192.0.2.7", port: 25))
  /// message.envelope.macros["{auth_authen}"] = "joe"
  /// ```
  ///
  /// - Parameters:
  ///   - sender: The envelope's sender; angle brackets are added.
  ///   - recipients: The envelope's recipients.
  ///   - headers: The header fields in order; an LF in a value folds the field.
  ///   - body: The body; LF is sent as CR LF.
  public init(
    from sender: String = "sender@example.org", to recipients: String...,
    headers: KeyValuePairs<String, String> = ["Subject": "test"], body: String = "test\n"
  ) {
    let message = MTAMessage(
      headers: headers.map { MTAHeader($0.key, $0.value) }, body: Self.lines(body))
    let paths = recipients.isEmpty ? ["recipient@example.org"] : recipients
    self.init(
      message, MTAEnvelope(sender: .init(sender), recipients: paths.map { .init($0) }))
  }

  /// Reads a message, and derives the envelope from its header; see ``/MilterMTA/MTAEnvelope/init(for:)``.
  ///
  /// - Parameter eml: The bytes of an `.eml` file.
  public init(eml: some Sequence<UInt8>) { self.init(MTAMessage(eml: Array(eml))) }

  /// Reads a message from text, and derives the envelope from its header.
  public init(eml: String) { self.init(eml: eml.utf8) }

  /// Sets the client that sends the message.
  ///
  /// - Parameters:
  ///   - host: Its name.
  ///   - address: Its address; `nil` if the MTA does not know it.
  ///   - helo: Its name in HELO; `nil` to use `host`.
  public mutating func client(_ host: String, _ address: MilterAddress?, helo: String? = nil) {
    envelope.host = Array(host.utf8)
    envelope.address = address
    envelope.helo = Array((helo ?? host).utf8)
  }

  /// The bytes of a text, with CR LF at the end of each line.
  static func lines(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if byte == 0x0A, bytes.last != 0x0D { bytes.append(0x0D) }
      bytes.append(byte)
    }
    return bytes
  }
}

import MilterCore
import MilterMTA

extension MilterMessage {
  /// Creates a message as an MTA would send it, for tests.
  ///
  /// ```swift
  /// func example() throws -> MilterMessage {
  ///   try MilterMessage(
  ///     from: "a@example.org", to: ["b@example.org"],
  ///     headers: ["Subject": "Hello"], body: "Hello!\n",
  ///     client: MilterClientInfo(user: "joe"), macros: [.queueID: "4f1"])
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - sender: The envelope sender; angle brackets are added.
  ///   - recipients: The envelope recipients.
  ///   - headers: Names and values of the header fields; LF in a value folds it.
  ///   - body: The body; LF becomes CR LF.
  ///   - client: The client.
  ///   - macros: The macros.
  ///   - mta: The kind of MTA for which ``plan`` is made.
  /// - Throws: ``/MilterCore/MilterError`` if a part is not allowed in a message.
  public init(
    from sender: String = "sender@example.org", to recipients: [String] = ["recipient@example.org"],
    headers: KeyValuePairs<String, String> = [:], body: String = "",
    client: MilterClientInfo = MilterClientInfo(), macros: Macros = [:],
    mta: MTAIdentity.Kind = .postfix
  ) throws(MilterError) {
    var fields: [Field] = []
    for (name, value) in headers { fields.append(try Field(name, rawValue: value.utf8)) }
    try self.init(
      from: sender, to: recipients, fields: fields, body: Array(body.utf8), client: client,
      macros: macros, mta: mta)
  }

  /// Creates a message from a file, for tests.
  ///
  /// - Parameters:
  ///   - eml: The bytes of an `.eml` file. Every sequence of bytes is a message.
  ///   - sender: The envelope sender; angle brackets are added.
  ///   - recipients: The envelope recipients.
  ///   - client: The client.
  ///   - macros: The macros.
  ///   - mta: The kind of MTA for which ``plan`` is made.
  /// - Throws: ``/MilterCore/MilterError`` if an envelope address is not valid.
  public init(
    eml: [UInt8], from sender: String = "sender@example.org",
    to recipients: [String] = ["recipient@example.org"],
    client: MilterClientInfo = MilterClientInfo(), macros: Macros = [:],
    mta: MTAIdentity.Kind = .postfix
  ) throws(MilterError) {
    let message = MTAMessage(eml: eml)
    let fields = message.headers.map { header in
      Field(
        id: -1, content: (header.name + header.value(leadingSpace: true))[...],
        nameCount: header.name.count)
    }
    try self.init(
      from: sender, to: recipients, fields: fields, body: message.body, client: client,
      macros: macros, mta: mta)
  }

  private init(
    from sender: String, to recipients: [String], fields: [Field], body: [UInt8],
    client: MilterClientInfo, macros: Macros, mta: MTAIdentity.Kind
  ) throws(MilterError) {
    let traits = MTATraits(kind: mta)
    var paths: [Path] = []
    for recipient in recipients { paths.append(try Path(recipient)) }
    let numbered = fields.enumerated().map {
      Field(id: $0, content: $1.content, nameCount: $1.nameCount)
    }
    var lines = Body(.memory([]), traits: traits)
    try lines.replace(with: body)
    self.init(
      client: client, macros: macros, sender: try Path(sender),
      recipients: Recipients(paths, traits: traits), headers: Headers(numbered, traits: traits),
      body: Body(lines.content, traits: traits), traits: traits)
  }
}

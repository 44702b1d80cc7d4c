import MilterMail
import MilterMessageFixtures
import MilterTesting
import Testing

/// A message as a value: its contents, and the changes that it refuses.
@Suite struct MessageValueTests {
  @Test func `A filter is tested with values only`() async throws {
    let filter = ClosureMilter { message in
      guard !message.client.isAuthenticated else { return .accept }
      message.headers["X-Footer"] = "added"
      message.recipients.removeAll { $0.address.domain == "example.net" }
      try message.body.replace(with: message.body.bytes + Array("-- \r\nfooter\r\n".utf8))
      return .accept
    }
    var message = try MilterMessage(
      to: ["a@example.org", "b@example.net"], headers: ["Subject": "Hi"], body: "text\n")
    #expect(try await filter.message(&message) == .accept)
    #expect(
      try message.plan.description
        == "addheader X-Footer: added\ndelrcpt <b@example.net>\nreplacebody, 19 bytes")
    #expect(
      try message.bytes()
        == Array(
          "Subject: Hi\r\nX-Footer: added\r\n\r\ntext\r\n-- \r\nfooter\r\n".utf8))

    var other = try MilterMessage(client: MilterClientInfo(user: "joe"))
    #expect(try await filter.message(&other) == .accept)
    #expect(try other.plan.isEmpty)
  }

  @Test func `Header fields have raw bytes, text, and addresses`() throws {
    let message = try MilterMessage(
      eml: Array(
        "From: =?UTF-8?Q?J=C3=B6rg?= <joe@example.org>\r\nSUBJECT:\r\n =?UTF-8?Q?=C3=BC?=\r\nX:  y \r\n\r\n"
          .utf8))
    #expect(message.headers["from"] == "Jörg <joe@example.org>")
    let from = try #require(message.headers.first("From"))
    #expect(try from.addresses.mailboxes.map(\.name) == ["Jörg"])
    let subject = try #require(message.headers.first("Subject"))
    #expect(subject.text == "ü")
    #expect(subject.separator == .colon)
    #expect(subject.rawValue == Array("\n =?UTF-8?Q?=C3=BC?=".utf8))
    #expect(subject.bytes == Array("SUBJECT:\r\n =?UTF-8?Q?=C3=BC?=\r\n".utf8))
    #expect(message.headers[2].rawValue == Array(" y ".utf8))
    #expect(message.headers[2].value == "y")
  }

  @Test func `White space between a field's name and the colon is ignored`() throws {
    var message = try MilterMessage(eml: Array("From : a@b\r\nfrom\t: c@d\r\n\r\n".utf8))
    #expect(message.headers["From"] == "a@b")
    message.headers.removeAll("From")
    #expect(message.headers.isEmpty)
  }

  @Test func `Text that is not ASCII is encoded, and long text folded`() throws {
    var message = try MilterMessage()
    let words = Array(repeating: "word", count: 40).joined(separator: " ")
    message.headers["Subject"] = "Grüße"
    message.headers["X-Long"] = words
    #expect(message.headers["subject"] == "Grüße")
    #expect(message.headers[0].rawValue == Array("=?UTF-8?B?R3LDvMOfZQ==?=".utf8))
    #expect(message.headers["X-Long"] == words)
    let lines = message.headers[1].bytes.split(separator: 0x0A)
    #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 79 })
  }

  @Test func `An invalid field is refused, and the plan names its line`() throws {
    var message = try MilterMessage(headers: ["Subject": "Hello"])
    message.headers["Subject"] = "a\r\nBcc: x@example.org"
    let line = #line - 1
    #expect(message.headers["Subject"] == "Hello")
    let error = #expect(throws: MilterError.self) { try message.plan }
    #expect(
      error?.message.hasPrefix("MessageMilterTests/MessageValueTests.swift:\(line): ") == true)
  }

  @Test(arguments: [
    ("", "x"), ("A B", "x"), ("A:", "x"), ("A", "x\n\ny"), ("A", "x\ny"), ("A", "x\r"),
    ("A", "x\0y"),
    ("A", "x\n \n y"),
  ])
  func `An invalid field is an error`(name: String, value: String) {
    #expect(throws: MilterError.self) {
      try MilterMessage.Field(name, rawValue: Array(value.utf8))
    }
  }

  @Test func `A value that Postfix would cut is an error`() {
    #expect(throws: MilterError.self) {
      try MilterMessage.Field("A", rawValue: Array(repeating: UInt8(ascii: "x"), count: 60_000))
    }
  }

  @Test func `An empty value without a space is refused, because MTAs take it for a deletion`()
    throws
  {
    #expect(throws: MilterError.self) {
      try MilterMessage.Field("A", rawValue: [], separator: .colon)
    }
    var message = try MilterMessage(headers: ["A": "1"])
    try message.headers.replace(message.headers[0], with: .init("A", rawValue: []))
    #expect(try message.plan.description == "chgheader A 1: ")
  }

  @Test(arguments: [
    "a b@example.org", "a@example.org\r\nRCPT", "a>b@example.org", "<a@example.org",
    "\"a@example.org",
  ])
  func `An invalid envelope address is an error`(text: String) {
    #expect(throws: MilterError.self) { try MilterMessage.Path(text) }
  }

  @Test func `Arguments that MTAs do not accept are refused at once`() throws {
    var message = try MilterMessage()
    #expect(throws: MilterError.self) {
      try message.recipients.append("x@example.org", arguments: ["FOO=1"])
    }
    let sender = message.sender
    message.sender = try .init("x@example.org", arguments: ["SIZE=1"])
    #expect(message.sender == sender)
    #expect(throws: MilterError.self) { try message.plan }
  }

  @Test func `A path without a domain has only a local part`() throws {
    let path = try MilterMessage.Path("postmaster")
    #expect(path.address.localPart == "postmaster" && path.address.domain == "")
    #expect(try MilterMessage.Path("<>").isNull)
    #expect(try MilterMessage.Path("\"a b\"@example.org").address.localPart == "a b")
  }

  @Test func `A Received field is made of the macros`() throws {
    let message = try MilterMessage(
      headers: ["Subject": "x"],
      client: MilterClientInfo(
        name: "mx.example.net", address: .inet(address: "192.0.2.9", port: 4), helo: "he(lo",
        user: "joe",
        tls: .init(version: "TLSv1.3", cipher: nil, bits: nil, certificateSubject: nil)),
      macros: [.hostName: "mta.example.org", .queueID: "4f1"])
    let text = String(decoding: try message.bytes(withReceived: true), as: UTF8.self)
    #expect(
      text.hasPrefix(
        "Received: from he?lo (mx.example.net [192.0.2.9])\r\n\tby mta.example.org with ESMTPSA id 4f1\r\n"
          + "\tfor <recipient@example.org>; "))
    #expect(text.hasSuffix(" +0000\r\nSubject: x\r\n\r\n"))
    #expect(MTAMessage(eml: Array(text.utf8)).headers.count == 2)
  }

  @Test func `Parts are changed, and everything else stays unchanged`() throws {
    let eml =
      "Subject:  x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n\r\none\r\n--b\r\n"
      + "Content-Disposition: attachment; filename=a.exe\r\n\r\nMZ\r\n--b--\r\npost\r\n"
    var message = try MilterMessage(eml: Array(eml.utf8))
    try message.editParts { parts, editor in
      for part in parts.root.all where part.fileNames.contains(where: \.isExecutable) {
        try editor.replace(part, with: MIMEEntity(text: "gone"))
      }
    }
    let text = String(decoding: try message.bytes(), as: UTF8.self)
    #expect(text.contains("gone") && !text.contains("MZ"))
    #expect(text.hasPrefix(String(eml.prefix(while: { $0 != "M" }).prefix(80))))
    #expect(text.hasSuffix("--b--\r\npost\r\n"))
    #expect(try message.plan.actions.count == 1)
  }

  @Test(arguments: [
    ["ORCPT=rfc822;a+2b"], ["ORCPT=rfc822;a+"], ["ORCPT=rfc822;a=b"], ["ORCPT=rfc822"],
    ["NOTIFY=NEVER", "notify=NEVER"],
  ])
  func `Arguments of a recipient that are not xtext or repeated are refused`(arguments: [String])
    throws
  {
    var message = try MilterMessage()
    #expect(throws: MilterError(.invalidArgument, "")) {
      try message.recipients.append("x@example.org", arguments: arguments)
    }
    try message.recipients.append(
      "x@example.org", arguments: ["ORCPT=rfc822;a+2B", "NOTIFY=NEVER"])
  }

  @Test(arguments: [["ENVID=a+2b"], ["ENVID=+"], ["ENVID=a", "envid=b"]])
  func `Arguments of a sender that are not xtext or repeated are refused`(arguments: [String])
    throws
  {
    var message = try MilterMessage()
    message.sender = try .init("x@example.org", arguments: arguments)
    #expect(throws: MilterError(.invalidArgument, "")) { try message.plan }
  }

  @Test func `The text of a field can be assigned to it`() throws {
    var message = try MilterMessage(eml: Array("Subject: =?UTF-8?Q?a=0D=0Ab=00c?=\r\n\r\n".utf8))
    #expect(message.headers["Subject"] == "a  b c")
    message.headers["Subject"] = "[list] " + (message.headers["Subject"] ?? "")
    #expect(try message.plan.description == "chgheader Subject 1: [list] a  b c")
  }

  @Test func `Text with tabs is not folded to a blank line`() throws {
    let long = String(repeating: "x", count: 70)
    for text in ["\(long) \t \(long)", "\(long) \t\t\t\t\t\t\t \(long)", "\(long) \(long) \t"] {
      let field = try MilterMessage.Field("Subject", text)
      let lines = field.rawValue.split(separator: 0x0A).dropFirst()
      #expect(lines.allSatisfy { line in line.contains { $0 != 0x20 && $0 != 0x09 } }, "\(text)")
    }
  }

  @Test func `Header fields are changed with the parts, also among many equal ones`() throws {
    let fields = String(repeating: "Content-MD5: x\r\n", count: 5_000)
    var message = try MilterMessage(
      eml: Array("\(fields)Subject: s\r\nContent-Type: text/plain\r\n\r\ntext\r\n".utf8))
    try message.editParts { try $1.attach(MIMEEntity(text: "more")) }
    #expect(message.headers.map(\.name) == ["Subject", "Content-Type", "MIME-Version"])
    #expect(message.headers["Content-Type"]?.hasPrefix("multipart/mixed;") == true)
  }
}

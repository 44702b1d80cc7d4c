import MilterKit
import MilterMail
import MilterMessageFixtures
import MilterTesting
import Testing

/// ESMTP parameters, addresses, and dates of a message, read and changed.
@Suite struct TypedValueTests {
  private static func sender(_ arguments: String...) throws -> MilterMessage.Path {
    try .init("a@example.org", arguments: arguments)
  }

  @Test func `Parameters of a path are typed`() throws {
    let path = try Self.sender(
      "SIZE=1000", "body=8bitmime", "ENVID=a+2Bb", "RET=HDRS", "AUTH=<>", "SMTPUTF8", "X-FOO=1")
    #expect(path.parameters.size == 1000)
    #expect(path.parameters.body == .eightBitMIME)
    #expect(path.parameters.envelopeID == "a+b")
    #expect(path.parameters.ret == .headers)
    #expect(path.parameters.auth == .unknown)
    #expect(path.parameters.isSMTPUTF8 && !path.parameters.requiresTLS)
    #expect(path.parameters["x-foo"]?.value == "1")
    let recipient = try Self.sender("NOTIFY=delay,FAILURE", "ORCPT=rfc822;a+2Bb@example.org")
    #expect(recipient.parameters.notify == [.delay, .failure])
    #expect(recipient.parameters.originalRecipient?.address == "a+b@example.org")
  }

  @Test func `Parameters that are not changed stay byte for byte`() throws {
    let path = try Self.sender("size=010", "ENVID=a+2b", "X=+", "Ret=hdrs")
    let changed = try path.changingParameters { $0.envelopeID = "n+w" }
    #expect(changed.arguments == ["size=010", "ENVID=n+2Bw", "X=+", "Ret=hdrs"])
    #expect(changed.text == path.text)
    #expect(try path.changingParameters { _ in } == path)
    #expect(try changed.replacingAddress(with: "b@example.org").arguments == changed.arguments)
  }

  @Test func `A parameter that does not fit into a command is refused`() throws {
    let path = try Self.sender("SIZE=1")
    for text in ["A B", "", "=x", "A\r\nRCPT", "A\u{7F}"] {
      #expect(throws: MilterError(.invalidArgument, "")) {
        try path.changingParameters { $0 = ESMTPParameters([text]) }
      }
    }
  }

  @Test func `Arguments that are not UTF-8 survive a new address`() throws {
    var mail = MTAMail(from: "a@example.org", to: "b@example.org")
    mail.envelope.sender.arguments = [[0x58, 0x3D, 0xFF], Array("SIZE=10".utf8)]
    let filter = ClosureMilter { message in
      message.sender = try message.sender.replacingAddress(with: "new@example.org")
        .changingParameters { $0.envelopeID = "1" }
      return .accept
    }
    let sender = TestMTA(.sendmail, filter: filter).send(mail).result.envelope.sender
    #expect(filter.result?.sender.rawArguments.first == [0x58, 0x3D, 0xFF])
    #expect(Set(sender.arguments).contains(Array("ENVID=1".utf8)))
  }

  @Test func `Parameters of the sender and of recipients arrive as they were changed`() throws {
    let filter = ClosureMilter { message in
      message.sender = try message.sender.changingParameters { $0.ret = .headers }
      for path in message.recipients {
        try message.recipients.replace(path, with: path.changingParameters { $0.notify = [] })
      }
      return .accept
    }
    var mail = MTAMail(from: "a@example.org", to: "b@example.org")
    mail.envelope.sender.arguments = [Array("SIZE=10".utf8)]
    mail.envelope.recipients[0].arguments = [Array("ORCPT=rfc822;x@example.org".utf8)]
    let envelope = TestMTA(.postfix, filter: filter).send(mail).result.envelope
    #expect(Set(envelope.sender.arguments) == [Array("SIZE=10".utf8), Array("RET=HDRS".utf8)])
    #expect(
      envelope.recipients.map(\.description)
        == ["<b@example.org> ORCPT=rfc822;x@example.org NOTIFY=NEVER"])
  }

  @Test func `A value that an MTA does not accept is refused`() throws {
    var message = try MilterMessage(mta: .sendmail)
    let recipient = message.recipients[0]
    #expect(throws: MilterError(.invalidArgument, "")) {
      try message.recipients.replace(
        recipient, with: recipient.changingParameters { $0.notify = .failure })
    }
    #expect(Array(message.recipients) == [recipient])
    message.sender = try message.sender.changingParameters { $0.size = 5 }
    #expect(throws: MilterError(.invalidArgument, "")) { try message.plan }
  }

  @Test func `Dates and addresses are read and written`() throws {
    var message = try MilterMessage(
      headers: [
        "Date": "Fri, 21 Nov 1997 09:55:06 -0600 (comment)",
        "To": "=?UTF-8?Q?J=C3=B6rg?= <j@b.example>",
        "Resent-Date": "yesterday",
      ])
    #expect(message.headers.first("date")?.date?.secondsSince1970 == 880_127_706)
    #expect(message.headers.first("Resent-Date")?.date == nil)
    let date = try #require(MailDate(secondsSince1970: 0, minutesFromUTC: 60))
    try message.headers.replace(message.headers[0], with: .init("Date", date))
    #expect(message.headers["Date"] == "Thu, 1 Jan 1970 01:00:00 +0100")
    var list = try message.headers[1].addresses
    list.items += try MailAddressList("\"a, b\" <c@d.example>").items
    try message.headers.replace(message.headers[1], with: .init("To", list))
    #expect(
      message.headers[1].rawValue
        == Array("=?UTF-8?B?SsO2cmc=?= <j@b.example>, \"a, b\" <c@d.example>".utf8))
    #expect(throws: MilterError(.invalidArgument, "")) {
      try MilterMessage.Field("To", MailAddressList([]))
    }
    // The two actions are the replacements above: reading a field changes nothing.
    #expect(try message.plan.actions.count == 2)
  }
}

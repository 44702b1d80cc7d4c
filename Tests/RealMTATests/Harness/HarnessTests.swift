import Testing

extension RealMTASuite {
  /// The MTA instances of these tests, without a filter.
  @Suite struct HarnessTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `A message is in the queue byte for byte`(kind: RealMTA.Kind) async throws {
      let header: [UInt8] =
        Array("Subject: caf".utf8) + [0xc3, 0xa9, 0x81, 0xff, 0xff, 0x80]
        + Array(
          """
          \r
          X-Folded: one\r
           two\r
          \t  three  \r
          X-NoSpace:value\r
          X-Two:  value\r
          X-Empty:\r
          Date: Sat, 21 Nov 2026 14:00:00 +0000\r
          From: <sender@from.example>\r
          Message-Id: <1@from.example>\r

          """.utf8)
      let body: [UInt8] =
        Array(".\r\n..two\r\n.one\r\n\r\n".utf8) + (0...255).filter { $0 != 0x0a && $0 != 0x0d }
        + Array("\r\n\r\n".utf8)

      try await withMTA(kind) { mta in
        let delivery = try mta.deliver(
          header + [0x0d, 0x0a] + body, to: ["One@to.example", "two@to.example"],
          parameters: "BODY=8BITMIME")
        #expect(delivery.final.code == 250)
        let id = try #require(delivery.queueID)
        #expect(try mta.queueIDs() == [id])
        let message = try mta.message(id)
        #expect(message.sender == "sender@from.example")
        #expect(message.addresses == ["One@to.example", "two@to.example"])
        #expect(message.wireBody == body)
        #expect(!message.isQuarantined)

        let received = try #require(message.headers.first)
        #expect(received.name == "Received")
        #expect(received.value.contains(id))
        let expected = try QueuedHeader.parse(header.filter { $0 != 0x0d }.splitAtLF)
        #expect(kind.inQueueOrder(message.headers.dropFirst()) == kind.inQueueOrder(expected))
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `The client's DSN request is in the queue`(kind: RealMTA.Kind) async throws {
      try await withMTA(kind) { mta in
        let delivery = try mta.deliver(
          Array("Subject: x\r\n\r\nx\r\n".utf8), from: "",
          to: [
            "one@to.example NOTIFY=SUCCESS,DELAY ORCPT=rfc822;first@to.example",
            "two@to.example NOTIFY=NEVER", "three@to.example", "nobody@rejected.example",
          ], parameters: "RET=HDRS ENVID=abc")
        #expect(delivery.recipients.map(\.code) == [250, 250, 250, 550])
        #expect(delivery.recipients.last?.text.first?.contains("no such user") == true)
        let message = try mta.message(try #require(delivery.queueID))
        #expect(message.sender == "")
        #expect(message.envelopeID == "abc")
        #expect(message.returnContent == "HDRS")
        #expect(message.addresses == ["one@to.example", "two@to.example", "three@to.example"])
        #expect(message.recipients.map(\.notify) == [["SUCCESS", "DELAY"], ["NEVER"], []])
        #expect(message.recipients.first?.original == "rfc822;first@to.example")
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A client sees every line of a reply, and the end of the connection`(kind: RealMTA.Kind)
      async throws
    {
      try await withMTA(kind) { mta in
        let client = try mta.connect(from: "127.0.0.7")
        #expect(client.greeting.code == 220)
        #expect(try client.helo().lines.count == 1)
        let reply = try client.ehlo()
        #expect(reply.code == 250)
        #expect(reply.lines.dropLast().allSatisfy { $0.hasPrefix("250-") })
        #expect(reply.text.contains("8BITMIME"))
        #expect(try client.command("FROB nicate").code == 500)
        #expect(try client.rset().code == 250)
        #expect(try client.command("QUIT").code == 221)
        #expect(client.isClosedByServer())
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Two instances run at the same time and end without a trace`(kind: RealMTA.Kind)
      async throws
    {
      try await withMTA(kind) { first in
        // The object must outlive the closure, because it keeps the port reserved.
        let second = try await withMTA(kind) { second in
          #expect(first.port != second.port)
          _ = try second.deliver(Array("Subject: x\r\n\r\n".utf8))
          #expect(try first.queueIDs().isEmpty)
          #expect(try second.queueIDs().count == 1)
          return second
        }
        let error = #expect(throws: RealMTAError.self) { try SMTPClient(port: second.port) }
        #expect(error?.code == .notListening)
        #expect(try first.connect().greeting.code == 220)
      }
    }
  }
}

extension RealMTA.Kind {
  /// Sendmail puts the fields it knows first, whatever their place was; Postfix leaves all in place.
  fileprivate func inQueueOrder(_ headers: some Sequence<QueuedHeader>) -> [QueuedHeader] {
    self == .postfix ? Array(headers) : headers.sorted { $0.description < $1.description }
  }
}

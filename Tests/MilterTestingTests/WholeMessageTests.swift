import MilterTesting
import Testing

@Suite struct WholeMessageTests {
  @Test
  func `A filter's effects on a message can be inspected`() throws {
    let filter = Gatekeeper()
    let mta = TestMTA(.postfix, filter: filter)
    let outcome = mta.send(
      MTAMail(
        from: "a@example.org", to: "b@example.org", "no@example.org",
        headers: ["Subject": "Hello", "X-A": "1"], body: "Hi\n"))
    try outcome.expect(.accept, at: .eom)
    #expect(outcome.headers == ["Subject: [seen]", "X-A: 1", "X-Seen: 1 2 4"])
    #expect(outcome.headers("x-seen") == ["1 2 4"])
    #expect(
      outcome.queuedHeaders.map { String(decoding: $0.name, as: UTF8.self) }.first == "Received")
    #expect(outcome.body == "Hi\r\n")
    #expect(outcome.sender == "a@example.org")
    #expect(outcome.recipientAddresses == ["b@example.org", "archive@example.org"])
    #expect(outcome.recipients.map(\.verdict) == [.accept, .reject])
    #expect(outcome.actions.map(\.code) == [.addheader, .chgheader, .addrcpt])
    #expect(outcome.quarantine == nil)
    #expect(outcome.leftOut == [.helo, .data, .unknown, .eoh])
    #expect(outcome.macroLists == [.envfrom: "{auth_authen} i"])
    #expect(filter.recipients == ["<b@example.org>"])
    #expect(mta.outcome == outcome)
    #expect(mta.log == [])
  }

  @Test
  func `A refusal has its reply and its step`() throws {
    let outcome = TestMTA(filter: Gatekeeper()).send(MTAMail(from: "spam@example.org"))
    try outcome.expect(.reject, at: .envfrom, reply: "554 5.7.1 no spam, 100%")
    #expect(outcome.replyText == "554 5.7.1 no spam, 100%")
    try TestMTA(filter: Gatekeeper()).send(MTAMail(headers: ["X": "bad"]))
      .expect(.tempfail, at: .header)
  }

  @Test
  func `Client, macros and raw bytes are as the test specifies`() throws {
    let filter = Gatekeeper()
    let mta = TestMTA(.sendmail, filter: filter)
    var message = MTAMail(eml: "From: x@example.org\nSubject: Hello\n\nnaïve")
    message.client("[2001:db8::1]", .inet6(address: "2001:db8::1", port: 25))
    message.envelope.macros["{auth_authen}"] = "joe"
    let outcome = mta.send(message)
    try outcome.expect(.quarantine)
    #expect(outcome.quarantine == "sent by joe")
    #expect(outcome.sender == "x@example.org")
    #expect(filter.client == "[2001:db8::1] 2001:db8::1")
    #expect(filter.bytes == 8)
  }

  @Test
  func `Several messages go over one connection`() throws {
    let filter = Gatekeeper()
    let mta = TestMTA(filter: filter)
    for number in 1...3 {
      let outcome = mta.send(MTAMail(body: String(repeating: "x", count: number) + "\n"))
      #expect(outcome.headers("X-Seen") == ["1 1 \(number + 2)"])
    }
    mta.quit()
    #expect(filter.closes == 1)
    #expect(filter.aborts == 0)
  }

  @Test
  func `A large new body arrives complete`() throws {
    final class Filler: Milter {
      override func eom() throws -> Status {
        try replacebody(String(repeating: "0123456789abcde\r\n", count: 60_000))
        return .continue
      }
    }
    let outcome = TestMTA(filter: Filler()).send(MTAMail())
    let isWhole = outcome.body == String(repeating: "0123456789abcde\r\n", count: 60_000)
    #expect(isWhole)
  }

  @Test
  func `The same session is played to a filter behind a socket`() throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Gatekeeper() }
    try server.start()
    defer { server.stop() }
    let spec = try #require(server.addresses.first)
    let mta = try TestMTA(socket: spec)
    let outcome = mta.send(MTAMail())
    mta.quit()
    #expect(outcome == TestMTA(filter: Gatekeeper()).send(MTAMail()))
  }
}

import MilterCore
import MilterMTA
import Testing

@Suite struct MTASessionOptionsTests {
  /// A filter that requests steps in addition to those that its callbacks suggest.
  private func filter(
    _ callbacks: MilterCallbacks = .all, version: UInt32 = 6, asking steps: MilterProtocolFlags = []
  ) -> ToyFilter {
    var filter = ToyFilter(callbacks) { _, _ in .continue }
    filter.options = { wanted in
      var wanted = wanted
      wanted.version = version
      wanted.steps.formUnion(steps)
      return wanted
    }
    return filter
  }

  private static let leftOut: [(MilterCallbacks, String)] = [
    (.eom, "OEQ"), ([.eom, .header], "OLLLEQ"), ([.connect, .envrcpt], "OCRREQ"),
    ([.helo, .envfrom, .body], "OHMBEQ"), ([.data, .eoh, .unknown], "OTNEQ"),
  ]

  @Test(arguments: leftOut)
  func `Steps left out are not sent, but their macros are`(
    _ callbacks: MilterCallbacks, _ codes: String
  ) {
    let (outcome, filter) = play(filter(callbacks))
    #expect(outcome?.verdict == .accept)
    #expect(filter.codes == codes)
    #expect(filter.macros(.mail)["{mail_addr}"] == "a@b.example")
  }

  private static let givenUp: [(MilterCallbacks, String)] = [
    (.data, "OTAQ"), (.header, "OLAQ"), ([.body, .eom], "OBAQ"), (.eom, "OQ"),
  ]

  @Test(arguments: givenUp)
  func `A filter that has seen part of a message gets its abort`(
    _ callbacks: MilterCallbacks, _ codes: String
  ) throws {
    var filter = filter(callbacks)
    var session = MTASession()
    let mail = sampleMail
    let steps: [MTAStep] = [
      .connect(host: b("client"), address: nil), .helo(b("client")), .mail(mail.envelope.sender),
      .rcpt(mail.envelope.recipients[0]), .data, .header(MTAHeader("A", "1")), .eoh,
      .body(b("body\r\n")), .reset,
    ]
    for step in steps {
      session.perform(step)
      while case let output = session.takeOutput(), !output.isEmpty {
        session.receive(try filter.receive(output))
      }
    }
    session.quit()
    _ = try filter.receive(session.takeOutput())
    #expect(filter.codes == codes)
  }

  @Test func `Steps without a reply are not waited for`() {
    let (outcome, filter) = play(filter(asking: .allNr))
    #expect(outcome?.verdict == .accept)
    #expect(filter.codes == "OCHMRRTLLLNBEQ")
    var session = MTASession()
    session.send(sampleMail)
    _ = session.takeOutput()
    session.receive(
      FilterReply.negotiate(.init(options: .init(actions: [], steps: .allNr))).bytes)
    #expect(session.waiting == .eom)
  }

  @Test func `Leading spaces are sent and received`() throws {
    var filter = ToyFilter(eom: [
      .addheader(name: b("X-A"), value: b(" 1")), .addheader(name: b("X-B"), value: b("1")),
    ])
    filter.options = { wanted in
      var wanted = wanted
      wanted.steps.insert(.hdrLeadspc)
      return wanted
    }
    let (outcome, after) = play(filter)
    #expect(after.commands.contains(.header(name: b("X-A"), value: b(" 1"))))
    let headers = try #require(outcome?.result.message.headers.suffix(2))
    #expect(
      Array(headers) == [
        .init("X-A", "1"), .init(name: b("X-B"), separator: b(":"), value: b("1")),
      ])
  }

  @Test func `An old filter is not sent what its version does not know`() {
    let old = play(filter(version: 3)).filter
    #expect(old.codes == "OCHMRRLLLNBEQ")
    #expect(play(filter(version: 4)).filter.codes == "OCHMRRTLLLNBEQ")
    #expect(play(filter(version: 2)).outcome?.negotiated?.options.version == 2)
  }

  private func chunks(of size: Int) -> MTAProfile {
    var profile = MTAProfile.libmilterReference
    profile.chunkSize = size
    return profile
  }

  @Test func `Bodies are cut into chunks`() {
    var mail = sampleMail
    mail.message.body = [UInt8](repeating: 0x78, count: 131_071)
    let sizes = { (filter: ToyFilter) in
      filter.commands.compactMap { command -> Int? in
        if case .body(let chunk) = command { chunk.count } else { nil }
      }
    }
    var session = MTASession()
    var toy = filter()
    session.send(mail)
    carry(&session, &toy)
    #expect(sizes(toy) == [65535, 65535, 1])
    let small = play(filter(), sampleMail, chunks(of: 7)).filter
    #expect(sizes(small) == [7, 7, 2])
    mail.message.body = []
    #expect(play(filter(), mail).filter.codes == "OCHMRRTLLLNEQ")
  }

  @Test func `Larger packets are used if they are agreed on`() {
    var profile = chunks(of: 1_000_000)
    profile.offer.steps.insert(.mds256k)
    var session = MTASession(profile)
    var mail = sampleMail
    mail.message.body = [UInt8](repeating: 0x78, count: 300_000)
    session.send(mail)
    _ = session.takeOutput()
    session.receive(
      FilterReply.negotiate(
        .init(options: .init(actions: .all, steps: [.mds256k, .allNr]))
      ).bytes)
    let chunks = [262_143, 37_857].map { [UInt8](repeating: 0x78, count: $0) }
    let end = chunks.flatMap { MTACommand.body($0).bytes }
    let macros = MTACommand.macro(MTACommandCode.endOfBody.rawValue, [.init("i", "4TRY000000")])
    let expected = end + macros.bytes + MTACommand.endOfBody([]).bytes
    let output = session.takeOutput()
    // Compared outside #expect, which would compute a difference of 300 KB on failure.
    let isExpected = output.suffix(expected.count) == expected[...]
    #expect(isExpected, "\(output.count) bytes")
    session.receive(FilterReply.replacebody([UInt8](repeating: 1, count: 262_143)).bytes)
    session.receive(FilterReply.continue.bytes)
    #expect(session.outcome?.result.message.body.count == 262_143)
  }

  @Test func `skip ends the calls of the callback that returned it`() {
    let skipping = play(ToyFilter(at: .body, .skip), sampleMail, chunks(of: 3)).filter
    #expect(skipping.codes == "OCHMRRTLLLNBEQ")
    let replies = repliesUp(to: .header) + [[.skip]]
    let session = play(replies: replies)
    #expect(session.waiting == .eoh)
    let recipients = play(replies: repliesUp(to: .envrcpt) + [[.skip]])
    #expect(recipients.waiting == .data)
  }

  @Test func `Recipients refused by the MTA are shown if requested`() throws {
    var mail = sampleMail
    mail.envelope.recipients[0].refusal = b("550 5.1.1 User unknown")
    let (without, blind) = play(filter(), mail)
    #expect(blind.codes == "OCHMRTLLLNBEQ")
    #expect(without?.result.envelope.recipients.count == 1)
    let (outcome, seeing) = play(filter(asking: .rcptRej), mail)
    #expect(seeing.codes == "OCHMRRTLLLNBEQ")
    #expect(
      seeing.seen.contains(
        .macro(
          MTACommandCode.rcpt.rawValue,
          [
            .init("i", "4TRY000000"), .init("{rcpt_mailer}", "error"),
            .init("{rcpt_host}", "5.1.1"), .init("{rcpt_addr}", "550 5.1.1 User unknown"),
          ])))
    #expect(outcome?.recipients.map(\.verdict) == [.reject, .accept])
    mail.envelope.recipients[1].refusal = b("450 4.2.1 Busy")
    let none = play(filter(), mail)
    #expect(none.outcome?.reply == [b("554 5.5.1 Error: no valid recipients")])
    #expect(none.outcome?.callback == nil)
    #expect(none.filter.codes == "OCHMAQ")
  }

  @Test func `Several messages go over one connection`() {
    var session = MTASession()
    var filter = ToyFilter { call, _ in
      call.command == .mail([b("<x@y>")]) ? .reject : .continue
    }
    session.send(sampleMail)
    carry(&session, &filter)
    #expect(session.outcome?.verdict == .accept)
    var other = sampleMail
    other.envelope.sender = .init("x@y")
    session.send(other)
    carry(&session, &filter)
    #expect(session.outcome?.verdict == .reject)
    session.send(sampleMail)
    carry(&session, &filter)
    #expect(session.outcome?.verdict == .accept)
    session.quit()
    carry(&session, &filter)
    #expect(filter.codes == "OCHMRRTLLLNBE" + "M" + "MRRTLLLNBE" + "Q")
    #expect(session.failure == nil)
  }

  @Test func `A verdict about the connection holds for all messages`() {
    var session = MTASession()
    var filter = ToyFilter(at: .helo, .reject)
    session.send(sampleMail)
    carry(&session, &filter)
    session.send(sampleMail)
    #expect(session.outcome?.verdict == .reject)
    #expect(session.outcome?.callback == .helo)
    #expect(session.takeOutput() == [])
  }

  @Test func `quit inside a message aborts it`() {
    var session = play(replies: repliesUp(to: .data))
    _ = session.takeOutput()
    session.quit()
    #expect(session.takeOutput() == MTACommand.abort.bytes + MTACommand.quit.bytes)
    #expect(session.outcome == nil)
    session.receive([1, 2, 3])
    session.endOfStream()
    #expect(session.failure == nil)
  }

  @Test func `What does not fit into packets is cut`() {
    let long = [UInt8](repeating: 0x61, count: 100_000)
    let message = MTAMessage(
      headers: [.init(name: long, value: long), .init("A\u{0}B", "1\u{0}2")], body: [])
    var mail = MTAMail(message)
    mail.envelope.helo = long
    mail.envelope.sender = .init(long, arguments: [long])
    for name in ["j", "v", "_"] { mail.envelope.macros.set(name, long + [0]) }
    let (outcome, filter) = play(ToyFilter(at: .eom, .continue), mail)
    #expect(outcome?.verdict == .accept)
    #expect(filter.commands.contains(.header(name: b("AB"), value: b("12"))))
    #expect(outcome?.result.message == message)
  }
}

import MilterCore
import MilterMTA
import Testing

@Suite struct MTASessionFailureTests {
  private static let callbacks: [MilterCallback] = [
    .connect, .helo, .envfrom, .envrcpt, .data, .header, .eoh, .body, .eom,
  ]

  private func expect(
    _ session: MTASession, _ code: MTAFailure.Code, at callback: MilterCallback?,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(session.outcome?.verdict == .failure, sourceLocation: location)
    #expect(session.outcome?.failure?.code == code, sourceLocation: location)
    #expect(session.outcome?.callback == callback, sourceLocation: location)
    #expect(session.failure?.code == code, sourceLocation: location)
  }

  @Test(arguments: [MilterCallback.negotiate] + callbacks)
  func `The end of the connection is noticed at every step`(callback: MilterCallback) {
    var session = play(replies: callback == .negotiate ? [] : repliesUp(to: callback))
    #expect(session.waiting == callback)
    session.endOfStream()
    expect(session, .connectionClosed, at: callback)
    #expect(session.outcome?.failure?.message == "the filter closed the connection")
    session.quit()
    #expect(session.takeOutput() == [])
  }

  @Test func `A connection that ends inside a packet is reported`() {
    var session = play(replies: repliesUp(to: .eom))
    session.receive([0, 0, 0, 9, 0x68])
    session.endOfStream()
    #expect(
      session.outcome?.failure?.message == "the filter closed the connection inside a packet")
  }

  @Test(arguments: callbacks)
  func `shutdown and connection failure disconnect the client at every step`(
    callback: MilterCallback
  ) {
    let shutdown = play(replies: repliesUp(to: callback) + [[.shutdown]])
    #expect(shutdown.outcome?.verdict == .disconnect)
    #expect(shutdown.outcome?.callback == callback)
    #expect(shutdown.outcome?.reply == [b("421 4.7.0 Server closing connection")])
    var failing = play(replies: repliesUp(to: callback) + [[.connectionFailure]])
    #expect(failing.outcome?.verdict == .disconnect)
    #expect(failing.outcome?.reply == [])
    failing.send(sampleMail)
    #expect(failing.outcome?.disconnects == true)
  }

  @Test(arguments: callbacks)
  func `Code 421 disconnects the client at every step`(callback: MilterCallback) {
    let session = play(replies: repliesUp(to: callback) + [[.replycode(b("421 4.3.2 bye"))]])
    #expect(session.outcome?.verdict == .tempfail)
    #expect(session.outcome?.disconnects == true)
    #expect(session.outcome?.callback == callback)
  }

  @Test(
    arguments: callbacks.dropLast(),
    [
      FilterReply.addheader(name: b("A"), value: b("1")), .addrcpt(b("<x@y>")),
      .quarantine(b("x")), .replacebody([]), agreement,
    ])
  func `Changes are refused everywhere but at the end`(
    callback: MilterCallback, change: FilterReply
  ) {
    let session = play(replies: repliesUp(to: callback) + [[change]])
    expect(session, .unexpectedReply, at: callback)
  }

  @Test func `Options are refused at the end`() {
    expect(
      play(replies: repliesUp(to: .eom) + [[agreement]]), .unexpectedReply, at: .eom)
  }

  @Test func `Changes that were not negotiated are refused`() {
    let none = FilterReply.negotiate(.init(options: .init(actions: [], steps: .allNo)))
    let session = play(replies: [[none], [.addheader(name: b("A"), value: b("1"))]])
    expect(session, .unexpectedReply, at: .eom)
    #expect(
      session.outcome?.failure?.message
        == "the filter sent addheader without having negotiated addhdrs")
  }

  @Test func `skip needs its flag and a step to skip`() {
    let plain = FilterReply.negotiate(.init(options: .init(actions: [], steps: [])))
    expect(play(replies: [[plain], [.skip]]), .unexpectedReply, at: .connect)
    expect(play(replies: repliesUp(to: .eom) + [[.skip]]), .unexpectedReply, at: .eom)
  }

  @Test func `Replies that nobody waits for are refused`() {
    let double = play(replies: [[agreement], [.continue, .continue], [.continue]])
    expect(double, .unexpectedReply, at: .helo)
    #expect(
      double.outcome?.failure?.message
        == "the filter sent continue unasked: it answered connect twice")
    let late = play(replies: repliesUp(to: .eom) + [[.continue, .continue]])
    #expect(late.outcome?.verdict == .accept)
    #expect(late.failure?.code == .unexpectedReply)
    var after = late
    after.send(sampleMail)
    expect(after, .unexpectedReply, at: nil)
  }

  @Test(arguments: [
    MilterOptions(version: 7, actions: [], steps: []),
    MilterOptions(version: 1, actions: [], steps: []),
    MilterOptions(version: .max, actions: [], steps: []),
    MilterOptions(actions: .init(rawValue: 0x200), steps: []),
    MilterOptions(actions: [], steps: .mds256k),
  ])
  func `Options that were not offered are unavailable`(_ options: MilterOptions) {
    let session = play(replies: [[.negotiate(.init(options: options))]])
    expect(session, .refusedOffer, at: .negotiate)
    #expect(session.negotiated == nil)
  }

  @Test(arguments: [FilterReply.continue, .accept, .tempfail, .progress])
  func `Only options answer the offer`(reply: FilterReply) {
    expect(play(replies: [[reply]]), .unexpectedReply, at: .negotiate)
  }

  @Test(arguments: [
    [0, 0, 0, 0, 0x63], [0xFF, 0xFF, 0xFF, 0xFF, 0x63], [0, 1, 0, 1, 0x62], [0, 0, 0, 1, 0x7A],
    [0, 0, 0, 2, 0x63, 0], [0, 0, 0, 3, 0x79, 0x35, 0x35], [0x48, 0x54, 0x54, 0x50, 0x2F],
    [0, 0, 0, 6, 0x69, 0, 0, 0, 0, 0],
  ])
  func `Bytes that are not a reply end the message`(_ bytes: [UInt8]) {
    var session = play(replies: repliesUp(to: .eom))
    session.receive(bytes)
    expect(session, .malformedReply, at: .eom)
    session.receive(FilterReply.continue.bytes)
    #expect(session.outcome?.verdict == .failure)
  }

  @Test(arguments: [
    "", "5", "550", "350 no", "55x no", "650 no", "550_a",
  ])
  func `Replies that are not SMTP replies`(_ text: String) {
    let session = play(replies: repliesUp(to: .data) + [[.replycode(b(text))]])
    #expect(session.outcome?.failure?.code == .malformedReply)
  }

  @Test(arguments: ["550-first", "550 a\r\n551 b", "550-a\r\n550-b"])
  func `A reply whose lines do not follow each other is passed on with a warning`(_ text: String) {
    let session = play(replies: repliesUp(to: .data) + [[.replycode(b(text))]])
    #expect(session.outcome?.verdict == .reject)
    #expect(session.outcome?.warnings.count == 1)
  }

  @Test func `Lone percent signs are dropped with a warning`() {
    let session = play(
      replies: repliesUp(to: .data) + [[.replycode(b("550-x 100% of 5%% \r\n550 %"))]])
    #expect(session.outcome?.reply == [b("550-x 100 of 5% "), b("550 ")])
    #expect(session.outcome?.warnings.count == 1)
  }

  @Test(arguments: callbacks)
  func `Progress replies are counted everywhere`(callback: MilterCallback) {
    var session = play(replies: repliesUp(to: callback) + [[.progress, .progress, .reject]])
    _ = session.takeOutput()
    if callback == .envrcpt { session.receive(FilterReply.reject.bytes) }
    #expect(session.outcome?.verdict == .reject)
    #expect(session.outcome?.progressReplies == 2)
  }

  @Test func `Random bytes neither trap nor hang`() {
    var generator = Numbers()
    let replies = FilterReplyCode.allCases.map(\.rawValue)
    for _ in 0..<500 {
      var session = play(
        replies: repliesUp(to: Self.callbacks.randomElement(using: &generator) ?? .eom))
      for _ in 0..<4 where session.outcome == nil {
        let payload = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
          UInt8.random(in: 0...3, using: &generator) &* 0x2F
        }
        let code = replies.randomElement(using: &generator) ?? 0
        session.receive([0, 0, 0, UInt8(payload.count + 1), code] + payload)
      }
      if session.outcome == nil { session.endOfStream() }
      #expect(session.outcome != nil)
    }
  }
}

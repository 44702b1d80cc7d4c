import MilterCore
import Testing

/// The session's steps at the start and end of a message, and for body data with the end.
@Suite struct MessageStepTests {
  /// Returns a session after the negotiation.
  private func session(
    _ callbacks: MilterCallbacks = .all, _ rules: SessionRules = .strict
  ) throws -> FilterSession {
    var session = FilterSession(callbacks: callbacks, rules: rules)
    var output = ReplyBuffer(rules)
    #expect(session.receive(0x4F, wire(Play.offer).span) == .negotiate)
    _ = try session.offer(wire(Play.offer).span)
    try session.agree(.continue, session.proposal(), to: &output)
    return session
  }

  /// Returns the steps of commands; callbacks return the given statuses, or continue.
  private func steps(
    _ commands: String, _ session: inout FilterSession,
    _ statuses: [MilterCallback: MilterStatus] = [:]
  ) -> [SessionStep] {
    var output = ReplyBuffer(session.rules)
    var steps: [SessionStep] = []
    for command in commands.split(separator: " ") {
      let payload = wire(String(command.dropFirst()))
      var step = session.receive(command.utf8.first ?? 0, payload.span)
      while step != .done {
        steps.append(step)
        switch step {
        case .call(let callback):
          step = session.answer(statuses[callback] ?? .continue, to: &output)
        case .acknowledge: step = session.answer(.continue, to: &output)
        case .quit, .fail: step = .done
        default: step = session.resume()
        }
      }
    }
    return steps
  }

  private static let envelope = #"M<a>\x00 R<b>\x00"#
  private static let begun: [SessionStep] = [.messageBegan, .call(.envfrom), .call(.envrcpt)]

  @Test(arguments: [SessionRules.strict, .libmilter])
  func `A message begins with its first command and ends with its answer`(
    rules: SessionRules
  ) throws {
    var session = try session(.all, rules)
    for _ in 1...2 {
      #expect(
        steps(Self.envelope + " E Ux", &session)
          == Self.begun + [.call(.eom), .messageEnded, .call(.unknown)])
    }
  }

  @Test func `A message that is refused early has ended`() throws {
    var session = try session()
    #expect(
      steps(#"M<a>\x00 M<a>\x00"#, &session, [.envfrom: .reject]) == [
        .messageBegan, .call(.envfrom), .messageEnded,
        .messageBegan, .call(.envfrom), .messageEnded,
      ])
  }

  @Test func `A message may begin with its end`() throws {
    var session = FilterSession(callbacks: [.eom])
    var output = ReplyBuffer()
    _ = session.receive(0x4F, wire(Play.offer).span)
    _ = try session.offer(wire(Play.offer).span)
    try session.agree(.continue, session.proposal(), to: &output)
    #expect(steps("E", &session) == [.messageBegan, .call(.eom), .messageEnded])
  }

  @Test func `An aborted message ends before the command that aborted it`() throws {
    var session = try session()
    #expect(steps(Self.envelope, &session) == Self.begun)
    #expect(
      steps(#"M<a>\x00"#, &session)
        == [.abort, .messageEnded, .messageBegan, .call(.envfrom)])
    #expect(steps("A", &session) == [.abort, .messageEnded])
    #expect(steps("A", &session) == [])
  }

  @Test func `A client ends with close, and nothing of it reaches the next client`() throws {
    var session = try session()
    session.reply = try MilterReply("550", nil, text: nil)
    #expect(steps(#"Cmx\x00U K"#, &session) == [.call(.connect), .close])
    #expect(session.reply == nil)
  }

  @Test func `The end of a connection aborts, ends the message and closes`() throws {
    var session = try session()
    _ = steps(Self.envelope, &session)
    var ends = [session.end()]
    while let last = ends.last, last != .quit { ends.append(session.resume()) }
    #expect(ends == [.abort, .messageEnded, .close, .quit])
  }

  @Test(arguments: [SessionRules.strict, .libmilter])
  func `Body data that comes with the end goes to body first`(rules: SessionRules) throws {
    var session = try session(.all, rules)
    #expect(
      steps(Self.envelope + " Ebody", &session)
        == Self.begun + [.call(.body), .call(.eom), .messageEnded])
    #expect(
      steps(Self.envelope + " Ebody", &session, [.body: .reject])
        == Self.begun + [.call(.body), .messageEnded])
    #expect(
      steps(Self.envelope + " Ebody", &session, [.body: .skip])
        == Self.begun + [.call(.body), .call(.eom), .messageEnded])
  }

  @Test func `The answer of body is the last one for a filter without eom`() throws {
    var session = try session([.envfrom, .envrcpt, .body])
    #expect(
      steps(Self.envelope + " Ebody", &session)
        == Self.begun + [.call(.body), .messageEnded])
    #expect(
      steps(Self.envelope + " E", &session) == Self.begun + [.acknowledge(.eom), .messageEnded])
  }

  @Test func `A filter's mistake is reported before the message ends`() throws {
    var session = try session()
    #expect(
      steps(Self.envelope + " E", &session, [.eom: .allOptions])
        == Self.begun
        + [.call(.eom), .mistake(MilterError(.statusNotAllowed, "")), .messageEnded])
  }
}

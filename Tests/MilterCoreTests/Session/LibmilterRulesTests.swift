import MilterCore
import Testing

/// The behavior that C filters depend on and that the strict rules change.
///
/// The differential tests compare the rest.
@Suite struct LibmilterRulesTests {
  /// Returns a session after a complete message.
  private func sessionAfterMessage(
    _ rules: SessionRules, callbacks: MilterCallbacks = .all
  ) throws -> (FilterSession, ReplyBuffer) {
    var session = FilterSession(callbacks: callbacks, rules: rules)
    var output = ReplyBuffer(rules)
    let offer = MTACommand.negotiate(
      .init(options: .init(actions: .all, steps: .init(rawValue: 0x1fffff))))
    for command in [
      offer, .mail([wire("<a@b>")]), .rcpt([wire("<c@d>")]), .eoh, .endOfBody([]),
    ] {
      let payload = Array(command.bytes.dropFirst(5))
      switch session.past(session.receive(command.code.rawValue, payload.span)) {
      case .negotiate:
        _ = try session.offer(payload.span)
        try session.agree(.continue, session.proposal(), to: &output)
      case .call:
        let step = session.answer(number: 0, to: &output)
        #expect(session.past(step) == .done, "\(command.code)")
      case let step: Issue.record("\(command.code): \(step)")
      }
    }
    output.removeReady()
    return (session, output)
  }

  @Test func `An action succeeds until the next command, even one that cannot be read`() throws {
    var (session, output) = try sessionAfterMessage(.libmilter)
    let mail = MTACommandCode.mail.rawValue
    #expect(session.receive(mail, [UInt8]().span) == .fail(MilterError(.malformedCommand, "")))
    try session.add(.addrcpt(wire("x")), to: &output)
    #expect(output.ready.bytes == FilterReply.addrcpt(wire("x")).bytes)
  }

  @Test func `With the strict rules, an action fails once the message has its verdict`() throws {
    var (session, output) = try sessionAfterMessage(.strict)
    #expect(throws: MilterError(.wrongTime, "")) {
      try session.add(.addrcpt(wire("x")), to: &output)
    }
  }

  @Test(arguments: [(SessionRules.libmilter, 2), (.strict, 1)])
  func `An empty command out of order aborts twice`(rules: SessionRules, expected: Int) throws {
    let mail = MTACommand.mail([wire("<a@b>")])
    let payload = Array(mail.bytes.dropFirst(5))
    var aborts = 0
    var session = try sessionAfterMessage(rules).0
    let first = session.receive(mail.code.rawValue, payload.span)
    #expect(session.past(first) == .call(.envfrom))
    var step = session.receive(mail.code.rawValue, [UInt8]().span)
    while step == .abort {
      aborts += 1
      step = session.past(session.resume())
    }
    #expect(aborts == expected)
    #expect(step == .fail(MilterError(.malformedCommand, "")))
  }

  @Test(arguments: [(Int32(5), ""), (7, ""), (20, ""), (-1, ""), (8, "s"), (0, "c")])
  func `A number that is not a status sends nothing`(_ status: Int32, _ reply: String) throws {
    var (session, output) = try sessionAfterMessage(.libmilter)
    let helo = MTACommand.helo(wire("x"))
    _ = session.receive(helo.code.rawValue, Array(helo.bytes.dropFirst(5)).span)
    #expect(session.answer(number: status, to: &output) == .done)
    #expect(packets(output.ready.bytes).joined() == reply)
  }

  @Test func `21 ends the connection`() throws {
    var (session, output) = try sessionAfterMessage(.libmilter)
    let helo = MTACommand.helo(wire("x"))
    _ = session.receive(helo.code.rawValue, Array(helo.bytes.dropFirst(5)).span)
    #expect(session.answer(number: 21, to: &output) == .quit)
    #expect(output.ready.isEmpty)
  }
}

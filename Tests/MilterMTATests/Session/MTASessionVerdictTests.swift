import MilterCore
import MilterMTA
import MilterPlay
import Testing

/// A status of a callback, the message's outcome, and the commands that the filter gets.
struct VerdictCase: CustomTestStringConvertible, Sendable {
  var callback: MilterCallback
  var status: MilterStatus
  var verdict: MTAVerdict
  var codes: String
  var testDescription: String { "\(status) at \(callback)" }

  init(_ callback: MilterCallback, _ status: MilterStatus, _ verdict: MTAVerdict, _ codes: String) {
    self.callback = callback
    self.status = status
    self.verdict = verdict
    self.codes = codes
  }
}

/// The commands up to the first call of a callback.
private func codes(_ callback: MilterCallback) -> String {
  switch callback {
  case .connect: "OC"
  case .helo: "OCH"
  case .envfrom: "OCHM"
  case .data: "OCHMRRT"
  case .header: "OCHMRRTL"
  case .eoh: "OCHMRRTLLLN"
  case .body: "OCHMRRTLLLNB"
  default: "OCHMRRTLLLNBE"
  }
}

private let callbacks: [MilterCallback] = [
  .connect, .helo, .envfrom, .data, .header, .eoh, .body, .eom,
]
private let verdicts: [(MilterStatus, MTAVerdict)] = [
  (.reject, .reject), (.tempfail, .tempfail), (.discard, .discard), (.accept, .accept),
]
private let cases = callbacks.flatMap { callback in
  verdicts.compactMap { status, verdict -> VerdictCase? in
    if status == .discard, callback == .connect || callback == .helo { return nil }
    let abort = ["T", "L", "N", "B"].contains(codes(callback).suffix(1)) ? "A" : ""
    return VerdictCase(callback, status, verdict, codes(callback) + abort + "Q")
  }
}

@Suite struct MTASessionVerdictTests {
  @Test(arguments: cases) func `Every verdict ends the message in its step`(
    _ one: VerdictCase
  ) {
    let (outcome, filter) = play(ToyFilter(at: one.callback, one.status))
    #expect(outcome?.verdict == one.verdict)
    #expect(outcome?.callback == one.callback)
    #expect(filter.codes == one.codes)
    let reply =
      switch one.verdict {
      case .reject: [b("550 5.7.1 Command rejected")]
      case .tempfail: [b("451 4.7.1 Service unavailable - try again later")]
      default: [[UInt8]]()
      }
    #expect(outcome?.reply == reply)
    #expect(outcome?.result == sampleMail)
  }

  @Test(arguments: [MilterCallback.connect, .helo])
  func `discard means nothing for a connection`(_ callback: MilterCallback) {
    let outcome = play(ToyFilter(at: callback, .discard)).outcome
    #expect(outcome?.verdict == .accept)
    #expect(outcome?.callback == .eom)
    #expect(outcome?.warnings.count == 1)
  }

  @Test func `A message without any verdict is accepted`() {
    let (outcome, filter) = play(ToyFilter(at: .eom, .continue))
    #expect(outcome?.verdict == .accept)
    #expect(outcome?.callback == .eom)
    #expect(filter.codes == "OCHMRRTLLLNBEQ")
    #expect(filter.hasQuit)
    #expect(filter.aborts == 0)
    #expect(
      filter.commands == [
        .negotiate(.init(options: MTAProfile.everything)),
        .connect(
          host: b("client.example.org"), address: .inet(address: "192.0.2.25", port: 49152)),
        .helo(b("client.example.org")),
        .mail([b("<a@b.example>"), b("SIZE=100")]),
        .rcpt([b("<c@d.example>")]), .rcpt([b("<e@f.example>"), b("NOTIFY=NEVER")]),
        .data,
        .header(name: b("From"), value: b("A <a@b.example>")),
        .header(name: b("Subject"), value: b("hi\n there")),
        .header(name: b("X-A"), value: b("1")),
        .eoh, .body(b("line 1\r\nline 2\r\n")), .endOfBody([]), .quit,
      ])
    #expect(MTAProfile.everything.steps.rawValue == 0x1f_ffff)
    #expect(MTAProfile.everything.actions.rawValue == 0x1ff)
  }

  @Test func `A recipient that is refused is dropped, and the others continue`() throws {
    let filter = ToyFilter { call, _ in
      guard call.command == .rcpt([b("<c@d.example>")]) else { return .continue }
      call.reply = try MilterReply("550", "5.1.1", text: b("No such user"))
      return .reject
    }
    let outcome = try #require(play(filter).outcome)
    #expect(outcome.verdict == .accept)
    #expect(outcome.recipients.map(\.verdict) == [.reject, .accept])
    #expect(outcome.recipients[0].reply == [b("550 5.1.1 No such user")])
    #expect(outcome.result.envelope.recipients.map(\.address) == [b("<e@f.example>")])
  }

  @Test(arguments: [(MilterStatus.reject, MTAVerdict.reject), (.tempfail, .tempfail)])
  func `A message without any recipients left ends`(
    _ status: MilterStatus, _ verdict: MTAVerdict
  ) {
    let (outcome, filter) = play(ToyFilter(at: .envrcpt, status))
    #expect(outcome?.verdict == verdict)
    #expect(outcome?.callback == .envrcpt)
    #expect(outcome?.recipients.map(\.verdict) == [verdict, verdict])
    #expect(outcome?.result.envelope.recipients == [])
    #expect(filter.codes == "OCHMRRAQ")
    #expect(filter.aborts == 1)
  }

  @Test(arguments: [(MilterStatus.accept, MTAVerdict.accept), (.discard, .discard)])
  func `accept and discard at a recipient affect the message`(
    _ status: MilterStatus, _ verdict: MTAVerdict
  ) {
    let (outcome, filter) = play(ToyFilter(at: .envrcpt, status))
    #expect(outcome?.verdict == verdict)
    #expect(filter.codes == "OCHMRAQ")
    #expect(outcome?.result.envelope.recipients.count == 2)
  }

  @Test func `The client sees a reply of several lines`() throws {
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.reply = try MilterReply("452", "4.2.2", lines: [b("first 100%%"), b("second")])
      return .tempfail
    }
    let outcome = play(filter).outcome
    #expect(outcome?.verdict == .tempfail)
    #expect(outcome?.reply == [b("452-4.2.2 first 100%"), b("452 4.2.2 second")])
    #expect(outcome?.warnings == [])
  }

  @Test func `quarantine goes with accept, not with a refusal`() {
    let reason = FilterReply.quarantine(b("virus"))
    #expect(play(ToyFilter(eom: [reason])).outcome?.verdict == .quarantine)
    #expect(play(ToyFilter(eom: [reason], .accept)).outcome?.quarantineReason == b("virus"))
    #expect(play(ToyFilter(eom: [reason], .reject)).outcome?.verdict == .reject)
    #expect(play(ToyFilter(eom: [reason], .discard)).outcome?.verdict == .discard)
  }

  @Test func `Exit statuses are distinct and avoid the usual ones`() {
    let all = MTAVerdict.allCases.map(\.exitStatus)
    #expect(all == [0, 10, 11, 12, 13, 14, 20])
  }
}

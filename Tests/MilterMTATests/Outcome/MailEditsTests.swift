import MilterCore
import MilterMTA
import Testing

/// Changes of header fields, and the resulting header.
struct HeaderCase: CustomTestStringConvertible, Sendable {
  var actions: [FilterReply]
  var headers: String
  var testDescription: String { "\(actions.map(\.code)) -> \(headers)" }

  init(_ actions: [FilterReply], _ headers: String) {
    self.actions = actions
    self.headers = headers
  }
}

private func add(_ name: String, _ value: String) -> FilterReply {
  .addheader(name: b(name), value: b(value))
}
private func ins(_ index: UInt32, _ name: String) -> FilterReply {
  .insheader(index: index, name: b(name), value: b("new"))
}
private func chg(_ index: UInt32, _ name: String, _ value: String) -> FilterReply {
  .chgheader(index: index, name: b(name), value: b(value))
}

/// The header before the changes.
private let before = "A: 1\nB: 2\na: 3\nA: 4\n"

private let cases: [HeaderCase] = [
  .init([], before),
  .init([add("C", "5")], before + "C: 5\n"),
  .init([add("A", "x\n y"), add("A", "")], before + "A: x\n y\nA: \n"),
  .init([ins(0, "X")], "X: new\n" + before),
  .init([ins(1, "X")], "X: new\n" + before),
  .init([ins(2, "X")], "A: 1\nX: new\nB: 2\na: 3\nA: 4\n"),
  .init([ins(4, "X")], "A: 1\nB: 2\na: 3\nX: new\nA: 4\n"),
  .init([ins(5, "X")], before + "X: new\n"),
  .init([ins(0x7FFF_FFFF, "X")], before + "X: new\n"),
  // Index 0 inserts above the MTA's own Received field, and index 1 inserts below it.
  .init([ins(0, "X"), ins(1, "Y")], "X: new\nY: new\n" + before),
  .init([ins(1, "X"), ins(1, "Y")], "Y: new\nX: new\n" + before),
  .init([ins(0, "X"), ins(0, "Y")], "Y: new\nX: new\n" + before),
  .init([chg(1, "a", "x")], "a: x\nB: 2\na: 3\nA: 4\n"),
  .init([chg(2, "A", "x")], "A: 1\nB: 2\nA: x\nA: 4\n"),
  .init([chg(0, "A", "x")], "A: x\nB: 2\na: 3\nA: 4\n"),
  .init([chg(4, "A", "x")], before + "A: x\n"),
  .init([chg(1, "C", "x")], before + "C: x\n"),
  .init([chg(0x7FFF_FFFF, "A", "")], before),
  .init([chg(2, "A", "")], "A: 1\nB: 2\nA: 4\n"),
  // Each change counts the fields as the changes before it left them.
  .init([chg(1, "A", ""), chg(2, "A", "")], "B: 2\na: 3\n"),
  .init([chg(3, "A", ""), chg(2, "A", ""), chg(1, "A", "")], "B: 2\n"),
  .init([add("A", "5"), chg(4, "A", "x")], before + "A: x\n"),
  .init([ins(0, "A"), chg(1, "A", "")], before),
]

@Suite struct MailEditsTests {
  @Test(arguments: cases) func `Headers are changed as by Postfix`(_ one: HeaderCase) throws {
    let envelope = MTAEnvelope(sender: .init("a@b"), recipients: [.init("c@d")])
    let mail = MTAMail(MTAMessage(eml: b(before + "\nbody\n")), envelope)
    let outcome = try #require(play(ToyFilter(eom: one.actions), mail).outcome)
    #expect(outcome.actions == one.actions)
    let expected = (one.headers + "\nbody\n").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(s(outcome.result.message.bytes) == expected.joined(separator: "\r\n"))
    #expect(outcome.original == mail)
    #expect(outcome.result.envelope == envelope)
  }

  private func envelope(_ actions: [FilterReply]) -> String {
    guard let outcome = play(ToyFilter(eom: actions)).outcome else { return "none" }
    let envelope = outcome.result.envelope
    return ([envelope.sender] + envelope.recipients).map(\.description).joined(separator: " ")
      + (outcome.warnings.isEmpty ? "" : " !")
  }

  @Test func `The sender is changed`() {
    let rest = " <c@d.example> <e@f.example> NOTIFY=NEVER"
    #expect(envelope([.chgfrom(b("x@y"), arguments: nil)]) == "<x@y>" + rest)
    #expect(envelope([.chgfrom(b("<>"), arguments: b("RET=HDRS"))]) == "<> RET=HDRS" + rest)
  }

  @Test func `Recipients come and go`() {
    let before = "<a@b.example> SIZE=100 <c@d.example> <e@f.example> NOTIFY=NEVER"
    #expect(envelope([.addrcpt(b("x@y"))]) == before + " <x@y>")
    #expect(envelope([.addrcpt(b("<x@y>")), .addrcpt(b("x@y"))]) == before + " <x@y>")
    #expect(
      envelope([.addrcptPar(b("<x@y>"), arguments: b("NOTIFY=NEVER ORCPT=rfc822;z"))])
        == before + " <x@y> NOTIFY=NEVER ORCPT=rfc822;z")
    #expect(
      envelope([.addrcptPar(b("<x@y>"), arguments: nil)]) == before + " <x@y>")
    #expect(
      envelope([.delrcpt(b("c@d.example"))])
        == "<a@b.example> SIZE=100 <e@f.example> NOTIFY=NEVER")
    #expect(
      envelope([.delrcpt(b("<e@f.example>")), .addrcpt(b("e@f.example"))])
        == "<a@b.example> SIZE=100 <c@d.example> <e@f.example>")
    #expect(envelope([.delrcpt(b("<C@D.example>"))]) == before + " !")
  }

  @Test func `The body is replaced completely`() {
    let body = { (replies: [FilterReply]) in
      play(replies: repliesUp(to: .eom) + [replies + [.continue]]).outcome
    }
    #expect(
      body([.replacebody(b("a\r\n")), .replacebody(b("b"))])?.result.message.body == b("a\r\nb"))
    #expect(body([.replacebody([])])?.result.message.body == [])
    #expect(body([.replacebody([]), .progress])?.verdict == .accept)
    #expect(body([add("A", "1"), .replacebody(b("x"))])?.result.message.body == b("x"))
  }

  @Test(arguments: [FilterReply.progress, add("A", "1"), .quarantine(b("x"))])
  func `Anything between two chunks of a new body is an error`(between: FilterReply) {
    let session = play(
      replies: repliesUp(to: .eom) + [
        [.replacebody(b("a")), between, .replacebody(b("b")), .continue]
      ])
    #expect(session.outcome?.failure?.code == .interruptedBody)
  }

  @Test func `A new body of a session arrives in one piece`() throws {
    let big = [UInt8](repeating: 0x79, count: 200_000)
    let filter = ToyFilter { call, _ in
      guard call.callback == .eom else { return .continue }
      call.body = [big, b("end\r\n")]
      return .continue
    }
    var session = MTASession()
    var toy = filter
    session.send(sampleMail)
    carry(&session, &toy)
    let outcome = try #require(session.outcome)
    #expect(outcome.verdict == .accept)
    #expect(outcome.result.message.body == big + b("end\r\n"))
    #expect(outcome.actions.count == 5)
  }

  @Test func `Deleting a missing header is reported`() {
    let outcome = play(ToyFilter(eom: [chg(2, "X-A", "")])).outcome
    #expect(outcome?.warnings == ["chgheader: there is no header X-A number 2 to delete"])
  }

  @Test func `New arguments of a sender replace those of their names, or with Sendmail all`() throws
  {
    var mail = sampleMail
    mail.envelope.sender = .init("a@b", "SIZE=1 BODY=8BITMIME RET=FULL")
    let changes = [FilterReply.chgfrom(b("x@y"), arguments: b("ENVID=1 RET=HDRS"))]
    let senders = [MTAProfile.postfix, .sendmail].map { profile in
      play(ToyFilter(eom: changes), mail, profile).outcome?.result.envelope.sender.description
    }
    #expect(
      senders == ["<x@y> SIZE=1 BODY=8BITMIME ENVID=1 RET=HDRS", "<x@y> SIZE=1 ENVID=1 RET=HDRS"])
  }
}

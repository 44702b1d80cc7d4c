import MilterTesting
import Testing

@Suite struct FailureTextTests {
  @Test
  func `An unexpected outcome prints the session with the deciding step marked`() {
    let outcome = TestMTA(filter: Gatekeeper()).send(
      MTAMail(from: "a@b", to: "no@x", "c@d", headers: ["Subject": "Hi", "X-A": "bad"], body: ""))
    let error = #expect(throws: UnexpectedOutcome.self) { try outcome.expect(.accept) }
    #expect(
      error?.description == """
        accept was expected, not tempfail
            connect  client.example.org 192.0.2.25:49152: continue
            helo     client.example.org: left out, as negotiated
            envfrom  <a@b>: continue
            envrcpt  <no@x>: reject, the client sees 550 5.7.1 Command rejected
            envrcpt  <c@d>: continue
            data     left out, as negotiated
            header   Subject: Hi: continue
        ==> header   X-A: bad: tempfail
            eoh      not asked, after the verdict
            eom      not asked, after the verdict, the client sees \
        451 4.7.1 Service unavailable - try again later
        """)
    #expect(
      outcome.description.hasPrefix("tempfail at header: 451 4.7.1 Service unavailable"))
  }

  @Test
  func `An unexpected step prints the session up to it`() {
    let mta = TestMTA(filter: Gatekeeper())
    let step = mta.mail(from: "spam@example.org")
    let error = #expect(throws: UnexpectedOutcome.self) { try step.expect(.continue) }
    #expect(
      error?.description == """
        envfrom: continue was expected
            connect  client.example.org 192.0.2.25:49152: continue
            helo     client.example.org: left out, as negotiated
        ==> envfrom  <spam@example.org>: reject, the client sees 554 5.7.1 no spam, 100%
        """)
    #expect(throws: UnexpectedOutcome.self) { try step.expect(.reject, reply: "550 no") }
  }

  @Test
  func `Changes are in the session, in their order`() {
    let mta = TestMTA(filter: Gatekeeper())
    mta.send(MTAMail(headers: ["Subject": "é"], body: ""))
    #expect(
      mta.description.hasSuffix(
        """
            header   Subject: \\xc3\\xa9: continue
            eoh      left out, as negotiated
            eom      addheader X-Seen: 1 1 0
                     chgheader Subject 1: [seen]
                     addrcpt archive@example.org
                     accept
        """))
  }

  @Test
  func `An unreachable filter is an outcome with the reason`() throws {
    final class Picky: Milter {
      override class var actions: MilterActionFlags { .chgfrom }
    }
    let outcome = TestMTA(.postfix2_3, filter: Picky()).send(MTAMail())
    #expect(outcome.verdict == .failure)
    let error = #expect(throws: UnexpectedOutcome.self) { try outcome.expect(.accept) }
    #expect(error?.description.contains("the filter closed the connection") == true)
  }
}

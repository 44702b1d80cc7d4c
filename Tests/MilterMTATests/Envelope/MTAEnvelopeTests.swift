import MilterCore
import MilterMTA
import Testing

@Suite struct MTAEnvelopeTests {
  private func envelope(_ headers: String) -> MTAEnvelope {
    MTAEnvelope(for: MTAMessage(eml: b(headers + "\n")))
  }

  @Test(arguments: [
    ("From: a@b\n", "<a@b>"),
    ("From: A <a@b>\nSender: <s@b>\n", "<s@b>"),
    ("From: A <a@b>\nSender: nobody\n", "<a@b>"),
    ("Return-Path: <r@b>\nFrom: a@b\n", "<r@b>"),
    ("Return-Path: < >\nFrom: a@b\n", "<>"),
    ("Return-Path: rubbish\nFrom: a@b\n", "<a@b>"),
    ("Subject: x\n", "<sender@example.org>"),
  ])
  func `The sender comes from the headers`(_ headers: String, _ sender: String) {
    #expect(s(envelope(headers).sender.address) == sender)
  }

  @Test(arguments: [
    ("To: a@b\n", "<a@b>"),
    ("To: A <a@b>, \"B, @ C\" <c@d> , e@f (E, @)\n", "<a@b> <c@d> <e@f>"),
    ("To: Group: a@b, C <c@d>;, e@f\n", "<a@b> <c@d> <e@f>"),
    ("To: undisclosed-recipients:;\n", "<recipient@example.org>"),
    ("To: a@b\nto: c@d\nCc: a@b, e@f\nBcc: g@h\n", "<a@b> <c@d> <e@f> <g@h>"),
    ("Delivered-To: me@x\nTo: list@y\nX-Original-To: me+1@x\n", "<list@y> <me@x> <me+1@x>"),
    ("To: =?x?= y\n (z) <a@b>,\n\tc@d\n", "<a@b> <c@d>"),
    ("To: \"a b\"@c, <\"d,e\"@f>\n", "<\"a b\"@c> <\"d,e\"@f>"),
    ("To: <@x,@y:a@b>\n", "<a@b>"),
    ("To: <a@b\n", "<a@b>"),
    ("To: ((a@b) c@d\n", "<recipient@example.org>"),
    ("To: \"a\\\" <b@c>\n", "<recipient@example.org>"),
    ("To: <>, , <a\u{0}b@c> <d@e>\n", "<d@e>"),
  ])
  func `The recipients come from the headers`(_ headers: String, _ recipients: String) {
    #expect(envelope(headers).recipients.map { s($0.address) }.joined(separator: " ") == recipients)
  }

  @Test func `At most a thousand recipients are accepted`() {
    let many = (0..<3000).map { "a\($0)@b" }.joined(separator: ",")
    #expect(envelope("To: \(many)\n").recipients.count == 1000)
  }

  @Test func `Addresses get angle brackets`() {
    #expect(MTAEnvelope.Path("a@b", "SIZE=1  BODY=7BIT").address == b("<a@b>"))
    #expect(
      MTAEnvelope.Path("a@b", "SIZE=1  BODY=7BIT").arguments == [b("SIZE=1"), b("BODY=7BIT")])
    #expect(MTAEnvelope.Path("<a@b>").bareAddress == b("a@b"))
    #expect(MTAEnvelope.Path("").address == b("<>"))
    #expect(MTAEnvelope.Path("<").address == b("<<>"))
  }

  @Test func `Macros are sent in the steps in which MTAs send them`() {
    var mail = MTAMail(MTAMessage(eml: b("From: a@b.c\nTo: d@e.f\nMessage-ID: <1@x>\n\n")))
    mail.envelope.macros["{auth_authen}"] = "joe"
    let filter = play(ToyFilter(at: .eom, .continue), mail).filter
    #expect(filter.macros(.connect)["j"] == "mx.example.org")
    #expect(filter.macros(.connect)["_"] == "client.example.org [192.0.2.25]")
    #expect(filter.macros(.connect)["{client_addr}"] == "192.0.2.25")
    #expect(filter.macros(.connect)["i"] == nil)
    #expect(filter.macros(.helo) == [:])
    #expect(
      filter.macros(.mail) == [
        "i": "4TRY000000", "{auth_authen}": "joe", "{mail_mailer}": "esmtp",
        "{mail_host}": "b.c", "{mail_addr}": "a@b.c",
      ])
    #expect(
      filter.macros(.rcpt) == [
        "i": "4TRY000000", "{rcpt_mailer}": "esmtp", "{rcpt_host}": "e.f", "{rcpt_addr}": "d@e.f",
      ])
    #expect(filter.macros(.endOfBody) == ["i": "4TRY000000", "{msg_id}": "<1@x>"])
  }

  @Test func `Macro lists of the filter replace the defaults`() {
    var filter = ToyFilter(at: .eom, .continue)
    filter.macroLists = [
      (.connect, "{j} i {client_port}"), (.envfrom, ""), (.eom, "{rcpt_addr},{mail_addr} {no}"),
    ]
    filter = play(filter).filter
    #expect(filter.macros(.connect) == ["j": "mx.example.org", "{client_port}": "49152"])
    #expect(filter.macros(.mail) == [:])
    #expect(
      filter.macros(.endOfBody) == ["{rcpt_addr}": "e@f.example", "{mail_addr}": "a@b.example"])
    #expect(filter.macros(.data) == ["i": "4TRY000000"])
  }
}

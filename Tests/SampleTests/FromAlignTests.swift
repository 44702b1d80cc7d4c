import MilterTesting
import Testing

@testable import milter_sample_fromalign

@Suite struct FromAlignTests {
  private func send(
    from sender: String, _ headers: KeyValuePairs<String, String>,
    _ action: FromAlign.Action = .reject, strict: Bool = false
  ) -> MTAOutcome {
    let mta = TestMTA(filter: FromAlign(action: action, isStrict: strict))
    return mta.send(MTAMail(from: sender, to: "b@example.org", headers: headers))
  }

  @Test(arguments: [
    ("a@example.org", "A <b@example.org>"), ("a@EXAMPLE.org", "b@Example.ORG"),
    ("bounce@news.example.org", "a@example.org"), ("a@example.org", "a@news.example.org"),
    ("a@example.org", "Team: a@example.org, b@example.org;"), ("", "a@elsewhere.example"),
    ("a@xn--mller-kva.example", "a@m\u{FC}ller.example"),
    ("a@M\u{DC}LLER.example", "a@xn--mller-kva.example"),
    ("a@mu\u{308}ller.example", "A <a@news.m\u{FC}ller.example>"),
    ("<@relay.example:a@example.org>", "a@example.org"),
  ])
  func `Addresses that match pass`(_ sender: String, _ from: String) throws {
    try send(from: sender, ["From": from]).expect(.accept)
  }

  @Test
  func `Addresses that do not match are explained in several lines`() throws {
    try send(from: "a@example.org", ["From": "\"a@example.org\" <ceo@bank.example>"]).expect(
      .reject, at: .eoh,
      reply: """
        550-5.7.1 The From header names ceo@bank.example,
        550-5.7.1 but the envelope sender is <a@example.org>.
        550 5.7.1 Please correct the sender, or ask your postmaster to allow this one.
        """)
  }

  @Test(
    arguments: [
      (["From": "a@example.org", "FROM": "a@example.org"], "one From header, this one has 2."),
      (["Subject": "x"], "one From header, this one has 0."),
      (["From": "a@example.org b@x.example"], "cannot be understood"),
      (["From": "nobody:;"], "names nobody"),
      (["From": "a@example.org, b@x.example"], "names b@x.example,"),
      (["From": "a@notexample.org"], "names a@notexample.org,"),
      (["From": "a@b\u{fc}cher.example"], "names a@b?cher.example,"),
    ] as [(KeyValuePairs<String, String>, String)])
  func `Headers without a single meaning are refused`(
    _ headers: KeyValuePairs<String, String>, _ reason: String
  ) throws {
    let outcome = send(from: "a@example.org", headers)
    try outcome.expect(.reject, at: .eoh)
    #expect(outcome.replyText.contains(reason))
  }

  @Test(arguments: [
    "<joe>", "<joe@>", "<@else.example>", "joe", "< >", "<a@b@example.org>", "<\"a@example.org>",
    "<a@example.org", "<a@example.org> <>", "<a b@example.org>",
  ])
  func `A sender without a readable domain aligns with nothing`(_ sender: String) throws {
    for from in ["joe@example.org", "joe@else.example"] {
      try send(from: sender, ["From": from]).expect(
        .reject, at: .eoh,
        reply: """
          550-5.7.1 The envelope sender is not an address with a domain.
          550 5.7.1 Please correct the sender, or ask your postmaster to allow this one.
          """)
    }
  }

  @Test
  func `Different domains that are not UTF-8 do not match`() throws {
    let mta = TestMTA(filter: FromAlign(action: .reject, isStrict: false))
    var eml = Array("From: a@b".utf8)
    eml += [0xFD] + Array("cher.example\n\n".utf8)
    var message = MTAMail(eml: eml)
    message.envelope.sender = .init("a@b\u{FFFD}cher.example")
    try mta.send(message).expect(.reject)
  }

  @Test
  func `A top-level domain aligns with itself only`() throws {
    try send(from: "a@example", ["From": "a@bank.example"]).expect(.reject)
    try send(from: "a@bank.example", ["From": "a@example"]).expect(.reject)
    try send(from: "a@localhost", ["From": "a@localhost"]).expect(.accept)
  }

  @Test(
    arguments: [
      (["From": "a@x.example", "FROM": "b@x.example"], "one From header, this one has 2."),
      (["Subject": "x"], "one From header, this one has 0."),
      (["From": "a@example.org b@x.example"], "cannot be understood"),
      (["From": "nobody:;"], "names nobody"),
    ] as [(KeyValuePairs<String, String>, String)])
  func `The null sender is exempt from alignment and from nothing else`(
    _ headers: KeyValuePairs<String, String>, _ reason: String
  ) throws {
    let outcome = send(from: "", headers)
    try outcome.expect(.reject, at: .eoh)
    #expect(outcome.replyText.contains(reason))
  }

  @Test
  func `A From field counts despite white space after its name`() throws {
    let mta = TestMTA(filter: FromAlign(action: .reject, isStrict: false))
    mta.mail(from: "a@example.org")
    mta.header("From", "a@example.org")
    mta.header("From ", "ceo@bank.example")
    try mta.eoh().expect(.reject)
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A mark that the sender wrote is removed`(_ profile: MTAProfile) throws {
    let forged: KeyValuePairs = [
      "X-From-Alignment": "pass", "From": "a@example.org", "x-from-alignment": "pass", "X": "y",
      "X-FROM-ALIGNMENT": "pass",
    ]
    for action in FromAlign.Action.allCases {
      let mta = TestMTA(profile, filter: FromAlign(action: action, isStrict: false))
      let aligned = mta.send(MTAMail(from: "a@example.org", headers: forged))
      #expect(try aligned.expect(.accept).headers("X-From-Alignment") == [], "\(action)")
    }
    let mta = TestMTA(profile, filter: FromAlign(action: .mark, isStrict: false))
    let other = mta.send(MTAMail(from: "a@x.example", headers: forged))
    #expect(
      try other.expect(.accept).headers("X-From-Alignment")
        == ["fail (The From header names a@example.org,)"])
  }

  @Test
  func `A message without header steps is refused at its end`() throws {
    let mta = TestMTA(filter: FromAlign(action: .reject, isStrict: false))
    mta.data()
    try mta.perform(.eom).expect(.reject)
    try mta.send(MTAMail(from: "a@example.org", headers: ["From": "a@example.org"])).expect(.accept)
  }

  @Test func `With strict, a subdomain does not match`() throws {
    try send(from: "a@example.org", ["From": "a@news.example.org"], strict: true).expect(.reject)
    try send(from: "a@example.org", ["From": "a@Example.org"], strict: true).expect(.accept)
  }

  @Test func `Messages can be marked or quarantined instead`() throws {
    let marked = send(from: "a@example.org", ["From": "a@x.example"], .mark)
    #expect(
      try marked.expect(.accept).headers("X-From-Alignment")
        == ["fail (The From header names a@x.example,)"])
    let held = send(from: "a@example.org", ["From": "a@x.example"], .quarantine)
    #expect(held.quarantine == "From header does not fit the envelope sender")
  }

  @Test
  func `A message's headers are not the next one's`() {
    let mta = TestMTA(filter: FromAlign(action: .reject, isStrict: false))
    for sender in ["a@example.org", "a@example.com"] {
      let domain = sender.drop { $0 != "@" }
      let aligned = mta.send(
        MTAMail(from: sender, to: "b@x.example", headers: ["From": "b\(domain)"]))
      #expect(aligned.verdict == .accept, "\(sender)")
      let other = mta.send(
        MTAMail(from: sender, to: "b@x.example", headers: ["From": "b@x.example"]))
      #expect(other.verdict == .reject, "\(sender)")
    }
  }
}

import MilterTesting
import Testing

@testable import milter_sample_fromalign

@Suite struct FromAlignTests {
  private func send(
    from sender: String, _ headers: KeyValuePairs<String, String>,
    _ action: FromAlign.Action = .reject, strict: Bool = false
  ) -> MTAOutcome {
    let mta = TestMTA(filter: FromAlign(action: action, isStrict: strict))
    return mta.send(Message(from: sender, to: "b@example.org", headers: headers))
  }

  @Test(
    "What belongs together passes",
    arguments: [
      ("a@example.org", "A <b@example.org>"), ("a@EXAMPLE.org", "b@Example.ORG"),
      ("bounce@news.example.org", "a@example.org"), ("a@example.org", "a@news.example.org"),
      ("a@example.org", "Team: a@example.org, b@example.org;"), ("", "a@elsewhere.example"),
    ])
  func aligned(_ sender: String, _ from: String) throws {
    try send(from: sender, ["From": from]).expect(.accept)
  }

  @Test("What does not is explained in several lines")
  func explained() throws {
    try send(from: "a@example.org", ["From": "\"a@example.org\" <ceo@bank.example>"]).expect(
      .reject, at: .eoh,
      reply: """
        550-5.7.1 The From header says ceo@bank.example,
        550-5.7.1 but the envelope sender is <a@example.org>.
        550 5.7.1 Please correct the sender, or ask your postmaster to allow this one.
        """)
  }

  @Test(
    "Headers that readers could take in two ways are refused",
    arguments: [
      (["From": "a@example.org", "FROM": "a@example.org"], "one From header, this one has 2."),
      (["Subject": "x"], "one From header, this one has 0."),
      (["From": "a@example.org b@x.example"], "cannot be understood"),
      (["From": "nobody:;"], "names nobody"),
      (["From": "a@example.org, b@x.example"], "says b@x.example,"),
      (["From": "a@notexample.org"], "says a@notexample.org,"),
      (["From": "a@b\u{fc}cher.example"], "says a@b?cher.example,"),
    ] as [(KeyValuePairs<String, String>, String)])
  func refused(_ headers: KeyValuePairs<String, String>, _ reason: String) throws {
    let outcome = send(from: "a@example.org", headers)
    try outcome.expect(.reject, at: .eoh)
    #expect(outcome.replyText.contains(reason))
  }

  @Test func strict() throws {
    try send(from: "a@example.org", ["From": "a@news.example.org"], strict: true).expect(.reject)
    try send(from: "a@example.org", ["From": "a@Example.org"], strict: true).expect(.accept)
  }

  @Test func otherActions() throws {
    let marked = send(from: "a@example.org", ["From": "a@x.example"], .mark)
    #expect(
      try marked.expect(.accept).headers("X-From-Alignment")
        == ["fail (The From header says a@x.example,)"])
    let held = send(from: "a@example.org", ["From": "a@x.example"], .quarantine)
    #expect(held.quarantine == "From header does not fit the envelope sender")
  }

  @Test("A message's headers are not the next one's")
  func severalMessages() throws {
    let mta = TestMTA(filter: FromAlign(action: .reject, isStrict: false))
    for sender in ["a@example.org", "a@example.com"] {
      let domain = sender.drop { $0 != "@" }
      try mta.send(Message(from: sender, to: "b@x.example", headers: ["From": "b\(domain)"]))
        .expect(.accept)
      try mta.send(Message(from: sender, to: "b@x.example", headers: ["From": "b@x.example"]))
        .expect(.reject)
    }
  }
}

import MilterTesting
import Testing

@testable import milter_sample_rewrite

@Suite struct RewriteTests {
  private func send(
    _ map: String, from sender: String = "joe@intern.example", to recipients: [String]
  ) throws -> MTAOutcome {
    let rules = try Rules(map)
    var message = MTAMail(from: sender)
    message.envelope.recipients = recipients.map { .init($0) }
    return TestMTA(filter: Rewrite { rules }).send(message)
  }

  @Test(arguments: [
    ("chgfrom joe@intern.example joe.smith@example.org", "joe.smith@example.org"),
    ("chgfrom JOE@Intern.example <joe.smith@example.org>", "joe.smith@example.org"),
    ("chgfrom @intern.example @example.org", "joe@example.org"),
    ("chgfrom * <>", ""), ("chgfrom @example.org x@y.example", "joe@intern.example"),
    ("chgfrom ann@intern.example a@x.example\nchgfrom * b@x.example", "b@x.example"),
    ("chgfrom * a@x.example # the first\nchgfrom * b@x.example", "a@x.example"),
    ("# nothing\n\n", "joe@intern.example"),
    ("# from a PC\r\nchgfrom * a@x.example\r\n", "a@x.example"),
  ])
  func `Rules change senders`(_ map: String, _ expected: String) throws {
    #expect(try send(map, to: ["a@example.org"]).expect(.accept).sender == expected)
  }

  @Test(arguments: [
    ("@m\u{FC}ller.example", "joe@xn--mller-kva.example"),
    ("@xn--mller-kva.example", "joe@M\u{DC}LLER.example"),
    ("Joe@m\u{FC}ller.example", "joe@xn--mller-kva.example"),
    ("joe@xn--mller-kva.example", "joe@m\u{FC}ller.example"),
  ])
  func `A domain is the same in Unicode and as an A-label`(_ pattern: String, _ sender: String)
    throws
  {
    let outcome = try send("chgfrom \(pattern) a@x.example", from: sender, to: ["b@x.example"])
    #expect(outcome.sender == "a@x.example")
    try send("delrcpt \(pattern)", to: [sender]).expect(.discard)
  }

  @Test func `Rules apply to the sender of bounces`() throws {
    #expect(
      try send("chgfrom <> a@x.example", from: "", to: ["b@x.example"]).sender == "a@x.example")
    #expect(try send("chgfrom @x.example @y.example", from: "", to: ["b@x.example"]).sender == "")
  }

  @Test(arguments: [
    (
      "addrcpt b@x.example c@x.example d@y.example",
      ["b@x.example", "c@x.example", "d@y.example"]
    ),
    ("addrcpt @x.example b@x.example", ["b@x.example"]),
    ("addrcpt * c@x.example\naddrcpt b@x.example c@x.example", ["b@x.example", "c@x.example"]),
    ("delrcpt b@x.example\naddrcpt b@x.example c@x.example", ["c@x.example"]),
    ("addrcpt b@x.example b@x.example\ndelrcpt *", ["b@x.example"]),
    ("delrcpt c@x.example", ["b@x.example"]),
  ])
  func `Rules add and delete recipients`(_ map: String, _ expected: [String]) throws {
    let outcome = try send(map, to: ["b@x.example"])
    #expect(try outcome.expect(.accept).recipientAddresses == expected)
  }

  @Test func `One of several recipients is deleted`() throws {
    let outcome = try send(
      "delrcpt b@x.example", to: ["a@x.example", "B@X.example", "c@x.example"])
    #expect(outcome.recipientAddresses == ["a@x.example", "c@x.example"])
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A recipient that is deleted and added stays with its arguments`(_ profile: MTAProfile)
    throws
  {
    let rules = try Rules("delrcpt *\naddrcpt a@x.example b@x.example")
    var message = MTAMail(from: "joe@intern.example")
    message.envelope.recipients = [.init("a@x.example"), .init("b@x.example", "NOTIFY=NEVER")]
    let outcome = try TestMTA(profile, filter: Rewrite { rules }).send(message).expect(.accept)
    #expect(outcome.result.envelope.recipients.map(\.description) == ["<b@x.example> NOTIFY=NEVER"])
  }

  @Test func `A message without recipients is discarded`() throws {
    try send("delrcpt @x.example", to: ["a@x.example", "b@x.example"]).expect(.discard)
  }

  @Test(arguments: [
    ("\nfoo a@b", "map:2: foo: not one of chgfrom, addrcpt, delrcpt"),
    ("delrcpt", "map:1: delrcpt needs an address, @domain, * or <> after it"),
    ("delrcpt joe", "map:1: delrcpt needs an address, @domain, * or <> after it"),
    ("delrcpt a@b c@d", "map:1: delrcpt takes nothing after the pattern"),
    ("addrcpt a@b", "map:1: addrcpt needs addresses after the pattern"),
    ("addrcpt a@b @c", "map:1: addrcpt needs addresses after the pattern"),
    ("chgfrom a@b c@d e@f", "map:1: chgfrom needs one address, @domain or <> after the pattern"),
    ("chgfrom a@b @", "map:1: chgfrom needs one address, @domain or <> after the pattern"),
  ])
  func `An error in a map is reported with its position`(_ map: String, _ message: String) {
    #expect { _ = try Rules(map) } throws: { "\($0)" == message }
  }
}

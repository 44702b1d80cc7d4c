import MilterProcessFixtures
import MilterTesting
import Testing

@testable import milter_sample_blocklist
@testable import milter_sample_clamd
@testable import milter_sample_disarm
@testable import milter_sample_disclaimer
@testable import milter_sample_fromalign
@testable import milter_sample_journal
@testable import milter_sample_rewrite

/// No sample keeps state from one message to the next.
///
/// The exceptions are `greylist` and `ratelimit`, whose purpose is such state.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct TwiceTests {
  private static let messages = [
    MTAMail(from: "a@example.org", to: "b@example.org", "c@example.org"),
    MTAMail(from: "a@example.org", headers: ["From": "ceo@bank.example", "Subject": "x"]),
    MTAMail(from: "", headers: ["From": "a@example.org"], body: ""),
    MTAMail(
      eml: "From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
        + "--x\nContent-Type: text/plain\n\nHello\n--x--\n"),
  ]

  private func check(_ filter: () -> MilterBase) throws {
    for message in Self.messages { try TestMTA(filter: filter()).sendTwice(message) }
    let mta = TestMTA(.sendmail, filter: filter())
    for message in Self.messages { try mta.sendTwice(message) }
  }

  @Test func `Blocklist does the same twice`() throws {
    struct Everywhere: AddressLookup {
      func addresses(of name: String) async throws -> LookupAnswer {
        LookupAnswer(addresses: [InetAddress(127, 0, 0, 2)])
      }
    }
    let survey = Survey(
      lists: try DNSList.lists("a.example,b.example"), lookup: Everywhere(), threshold: 2
    ) { try await Task.sleep(for: .seconds(600)) }
    for action in Blocklist.Action.allCases {
      try check { Blocklist(.success(survey), action: action, exempt: .private) }
    }
  }

  @Test func `Disarm does the same twice`() throws { try check { Disarm() } }

  @Test func `Disclaimer does the same twice`() throws {
    try check { Disclaimer(Footer(text: "ACME", html: nil)) }
  }

  @Test func `Fromalign does the same twice`() throws {
    try check { FromAlign(action: .reject, isStrict: false) }
    try check { FromAlign(action: .quarantine, isStrict: true) }
  }

  @Test func `Rewrite does the same twice`() throws {
    let rules = try Rules(
      "chgfrom @example.org @example.net\naddrcpt b@example.org d@example.org\n"
        + "delrcpt c@example.org")
    try check { Rewrite { rules } }
  }

  @Test func `Journal does the same twice`() throws {
    let directory = try ScratchDirectory()
    let maildir = Maildir(directory.path)
    try maildir.make()
    try check { Journal(maildir) }
  }

  @Test(.needsClamd) func `Clamd does the same twice`() throws {
    let clamd = try RunningClamd()
    try check { Clamd(clamd.socket, timeout: 60, fallback: .tempfail) }
    let mta = TestMTA(filter: Clamd(clamd.socket, timeout: 60, fallback: .tempfail))
    try mta.sendTwice(MTAMail(body: "x \(RunningClamd.bytes) y\n")).expect(.reject)
  }

  @Test(arguments: ["stamp", "greeter", "doorman", "doorman-libmilter", "doorman-c"])
  func `Every other sample does the same twice`(_ program: String) throws {
    let directory = try ScratchDirectory()
    let socket = "unix:\(directory.path(of: "s"))"
    let arguments =
      program.hasPrefix("doorman")
      ? ["-p", socket, "-n", "mail.example.com", "-d", "bank.example", "-r", "3", "-t", "[EXT]"]
      : ["--socket", socket]
    let filter = try StartedProgram(BuiltProgram.path(of: program), arguments)
    try filter.wait(for: "\(program) to listen") { (try? TestMTA(socket: socket)) != nil }
    for message in Self.messages { try TestMTA(socket: socket).sendTwice(message) }
    _ = try filter.end()
  }
}

import MilterChainFixtures
import MilterClient
import MilterMessageFixtures
@testable import MilterTesting
import MilterTextFixtures
import Testing

/// Checks that a chain has the same results as the same filters in the MTA's list.
@Suite struct ListEquivalenceTests {
  @Test(arguments: ["postfix", "postfix-2.4", "sendmail", "sendmail-8.13"])
  func `Random filters do the same in a chain as in a simulated MTA's list`(name: String) throws {
    let profile = try #require(MTAProfile(named: name))
    for seed in ChainCases.numbers(125) {
      let differences = Session(profile, seed).differences()
      #expect(differences == [], "\(name), seed \(seed)")
    }
  }
}

/// A session of random commands with random filters, both in a chain and in a list.
private struct Session {
  private let profile: MTAProfile
  private let list: SimulatedList
  private let chain: TestMTA
  private var random: Random
  private var log: [String] = []
  private let source: RandomMail

  init(_ profile: MTAProfile, _ seed: Int) {
    self.profile = profile
    random = Random(seed: seed)
    let count = 1 + random.below(4)
    func filters() -> [RandomFilter] {
      (0..<count).map { RandomFilter(.init(seed: seed, number: $0)) }
    }
    list = SimulatedList(profile, filters())
    chain = TestMTA(
      profile, filter: MilterChain { for filter in filters() { ChainMember.filter(filter) } })
    source = RandomMail(
      isExact: profile.offer.steps.contains(.hdrLeadspc), hasLargeFields: false, isTame: true)
  }

  /// Returns the differences and their steps.
  func differences() -> [String] {
    var session = self
    session.play()
    // A random filter's own mistake with a reply is not a mistake of the chain.
    return session.log + chain.log.filter { !$0.contains("/RandomFilter[") }
  }

  private mutating func play() {
    defer {
      list.quit()
      chain.quit()
    }
    let address = MilterAddress.inet(address: "192.0.2.1", port: 25)
    guard ask(.connect(host: Array("client.example".utf8), address: address)),
      ask(.helo(Array("client.example".utf8)))
    else { return }
    for _ in 0...random.below(3) {
      // After a message, Sendmail reports no unknown commands. The simulated list does not do this.
      if profile.tellsUnknownAfterVerdict, random.oneIn(4), !ask(.unknown(Array("FROB".utf8))) {
        continue
      }
      guard playMessage() else { return }
    }
  }

  /// Performs a step with the chain and the list; returns whether it was not refused.
  private mutating func ask(_ step: MTAStep) -> Bool {
    let exchange = chain.perform(step).exchange
    // After the chain's verdict, the MTA reports no unknown commands to it. In a list, it does so
    // to filters without a verdict, which may use up a reply that they set. This is left out.
    if case .unknown = step, exchange.fate == .decided { return true }
    let expected = list.perform(step)
    var reply = exchange.fate == .asked ? exchange.replies.last : nil
    if let failure = chain.connection.session.failure { log.append("\(step): \(failure)") }
    if reply == .continue || reply == .accept || reply == .skip { reply = nil }
    if reply != expected {
      log.append("\(step): \(String(describing: expected)), not \(String(describing: reply))")
    }
    return expected == nil && reply == nil
  }

  /// A recipient that the MTA itself refuses.
  private static let refused = MTAEnvelope.Path(
    Array("<nobody@rejected.example>".utf8),
    refusal: Array("550 5.1.1 <nobody@rejected.example>: Recipient address rejected".utf8))

  /// Plays a message; returns whether the session continues.
  private mutating func playMessage() -> Bool {
    let mail = source.mail(&random)
    guard ask(.mail(mail.envelope.sender)) else {
      reset()
      return log.isEmpty
    }
    var hasRecipient = false
    for path in mail.envelope.recipients + [.init("to0@example.org"), .init("to1@example.org")] {
      let isTaken = ask(.rcpt(path))
      hasRecipient = hasRecipient || isTaken
      if random.oneIn(6) { _ = ask(.rcpt(Self.refused)) }
      if profile.tellsUnknownAfterVerdict, random.oneIn(15) {
        _ = ask(.unknown(Array("FROB".utf8)))
      }
    }
    guard hasRecipient, !random.oneIn(15), ask(.data) else {
      reset()
      return log.isEmpty
    }
    compare(mail.message)
    reset()
    return log.isEmpty
  }

  private mutating func reset() {
    list.reset()
    chain.perform(.reset)
  }

  private mutating func compare(_ message: MTAMessage) {
    let expected = list.send(message)
    for header in message.headers { chain.perform(.header(header)) }
    chain.perform(.eoh)
    if !message.body.isEmpty { chain.perform(.body(message.body)) }
    chain.perform(.eom)
    guard let outcome = chain.outcome else {
      log.append("no outcome")
      return
    }
    if let failure = outcome.failure { log.append("\(failure)") }
    if outcome.reply != expected.reply {
      log.append("\(expected.reply.texts), not \(outcome.reply.texts)")
    }
    guard let mail = expected.mail else {
      if outcome.verdict.isDelivered { log.append("delivered") }
      return
    }
    guard outcome.verdict.isDelivered else {
      log.append("not delivered: \(outcome.verdict)")
      return
    }
    compare(mail, outcome.result)
    if outcome.quarantineReason != expected.quarantine { log.append("quarantine") }
  }

  private mutating func compare(_ expected: MTAMail, _ got: MTAMail) {
    func lines(_ mail: MTAMail) -> [String] {
      mail.message.headers.map {
        String(decoding: $0.name + $0.separator + $0.value, as: UTF8.self)
      }
    }
    if lines(expected) != lines(got) { log.append("header: \(lines(expected)), not \(lines(got))") }
    if expected.message.body != got.message.body { log.append("body") }
    if expected.envelope.sender != got.envelope.sender { log.append("sender") }
    func recipients(_ mail: MTAMail) -> [String] {
      mail.envelope.recipients.map(\.address).texts.sorted()
    }
    if recipients(expected) != recipients(got) {
      log.append("recipients: \(recipients(expected)), not \(recipients(got))")
    }
  }
}

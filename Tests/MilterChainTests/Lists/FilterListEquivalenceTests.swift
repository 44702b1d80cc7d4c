import MilterChainFixtures
import MilterClient
import MilterMessageFixtures
import MilterTesting
import Testing

/// Checks that a ``FilterList`` over sockets has the same results as a simulated MTA's list.
@Suite struct FilterListEquivalenceTests {
  @Test func `Random filters do the same in a FilterList as in a simulated MTA's list`() throws {
    for seed in ChainCases.numbers(60) {
      let differences = try Session(seed).differences()
      #expect(differences == [], "seed \(seed)")
    }
  }
}

/// A session of random commands with random filters.
private struct Session {
  /// Postfix's profile with long timeouts for a busy machine.
  private static let profile: MTAProfile = {
    var profile = MTAProfile.postfix
    profile.connectTimeout = .seconds(600)
    profile.commandTimeout = .seconds(600)
    profile.contentTimeout = .seconds(600)
    return profile
  }()

  private let servers: [MilterServer]
  private let expected: SimulatedList
  private let list: FilterList
  private let source = RandomMail(isExact: true, hasLargeFields: false, isTame: true)
  private var random: Random
  private var log: [String] = []

  init(_ seed: Int) throws {
    random = Random(seed: seed)
    let characters = (0..<1 + random.below(4)).map {
      RandomFilter.Character(seed: seed, number: $0, isKind: true)
    }
    var configuration = MilterConfiguration()
    // Random filters set replies that do not fit their verdicts, which the log would report.
    configuration.log = MilterLog(level: .error) { _, _ in }
    servers = try characters.map { character in
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], configuration: configuration) {
        RandomFilter(character)
      }
      try server.start()
      return server
    }
    // In a FilterList, the server's own Received field is not part of the message.
    expected = SimulatedList(
      Self.profile, characters.map { RandomFilter($0) }, keepsReceived: false)
    list = FilterList(servers.flatMap(\.addresses).map { .init($0, profile: Self.profile) })
  }

  /// Returns the differences and their steps.
  func differences() -> [String] {
    var session = self
    session.play()
    session.log += list.failures.map { "\($0): \($1)" }
    list.quit()
    expected.quit()
    for server in servers { server.stop() }
    return session.log
  }

  private mutating func play() {
    let address = MilterAddress.inet(address: "192.0.2.1", port: 25)
    guard ask(.connect(host: Array("client.example".utf8), address: address)),
      ask(.helo(Array("client.example".utf8)))
    else { return }
    for _ in 0...random.below(3) {
      if random.oneIn(4), !ask(.unknown(Array("FROB".utf8))) { continue }
      let mail = source.mail(&random)
      if ask(.mail(mail.envelope.sender)) {
        var hasRecipient = false
        for path in mail.envelope.recipients + [.init("to0@example.org")] {
          let isTaken = ask(.rcpt(path))
          hasRecipient = hasRecipient || isTaken
        }
        if hasRecipient, !random.oneIn(15), ask(.data), !compare(mail.message) { return }
      }
      expected.reset()
      _ = list.perform(.reset)
      if !log.isEmpty { return }
    }
  }

  /// Performs a step with both lists; returns whether it was not refused.
  private mutating func ask(_ step: MTAStep) -> Bool {
    let reply = expected.perform(step)
    let answer = list.perform(step)
    let code = answer.reply.first.map { String(decoding: $0.prefix(3), as: UTF8.self) }
    let isSame =
      switch reply {
      case .replycode(let text): answer.reply.joined(separator: [0x0D, 0x0A]).elementsEqual(text)
      case .reject: code?.first == "5"
      case .tempfail: code?.first == "4"
      default: code == nil
      }
    // After a discard, the simulated list has no reply, and the FilterList repeats the discard.
    if !isSame || (reply == .discard && !answer.isDiscarded) {
      log.append("\(step): \(String(describing: reply)), not \(answer)")
    }
    return reply == nil && !answer.isDiscarded
  }

  /// Sends a message's content to both lists; returns whether the session can continue.
  private mutating func compare(_ message: MTAMessage) -> Bool {
    let wanted = expected.send(message)
    let got = list.finish(message)
    // Postfix asks no filter after one that quarantines the message; Sendmail asks all. The later
    // filters have then seen different things, so the session ends.
    if wanted.quarantine != nil { return false }
    if got.reply != wanted.reply { log.append("\(got.reply), not \(wanted.reply)") }
    guard let mail = wanted.mail else {
      if got.verdict.isDelivered { log.append("delivered") }
      return true
    }
    guard got.verdict.isDelivered else {
      log.append("not delivered: \(got.verdict)")
      return false
    }
    if mail.message != got.mail.message {
      log.append("message: \(got.mail.message), not \(mail.message)")
    }
    if mail.envelope.sender != got.mail.envelope.sender { log.append("sender") }
    func recipients(_ mail: MTAMail) -> [String] {
      mail.envelope.recipients.map { String(decoding: $0.address, as: UTF8.self) }.sorted()
    }
    if recipients(mail) != recipients(got.mail) { log.append("recipients") }
    return true
  }
}

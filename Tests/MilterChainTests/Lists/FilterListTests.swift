import MilterClient
import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterSystem
import MilterTesting
import MilterTextFixtures
import Testing

/// A list of filters that an SMTP server asks in order.
@Suite struct FilterListTests {
  /// A filter that refuses addresses and values with its word, and records the fields that it gets.
  private final class Named: Milter {
    private let word: String
    init(_ word: String) {
      self.word = word
      super.init()
    }
    required init() {
      word = ""
      super.init()
    }
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      sender.contains(word) ? .reject : .continue
    }
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      guard recipient.contains(word) else { return .continue }
      try setreply("450", "4.7.1", "not for \(word)")
      return recipient.contains("discard") ? .discard : .tempfail
    }
    private var seen: [String] = []
    override func header(_ name: String, _ value: String) throws -> Status {
      seen.append(name)
      return value.contains(word) ? .reject : .continue
    }
    override func eom() throws -> Status {
      try addheader("X-\(word)", seen.joined(separator: " "))
      try addrcpt("<\(word)@example.org>")
      try replacebody("\(word)\r\n")
      seen = []
      return .continue
    }
    override func abort() { seen = [] }
  }

  private static func server(_ word: String) throws -> (server: MilterServer, socket: String) {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Named(word) }
    try server.start()
    return (server, try #require(server.addresses.first))
  }

  private static let greeting: [MTAStep] = [
    .connect(host: Array("client".utf8), address: .inet(address: "192.0.2.7", port: 1025)),
    .helo(Array("client".utf8)),
  ]

  @Test func `No message passes that the filters have not seen`() throws {
    let one = try Self.server("one")
    defer { one.server.stop() }
    let list = FilterList([.init(one.socket)])
    let message = MTAMessage(headers: [], body: Array("Hello\r\n".utf8))
    for step in Self.greeting { #expect(list.perform(step).goesOn) }
    // Without an envelope, the list refuses the message.
    let none = list.finish(message)
    #expect(none.verdict == .reject)
    #expect(none.reply.texts.first?.hasPrefix("503 ") == true)
    // Without DATA, the filters still get the message.
    #expect(list.perform(.mail(.init("<a@example.org>"))).goesOn)
    #expect(list.perform(.rcpt(.init("<b@example.org>"))).goesOn)
    let shown = list.finish(message)
    #expect(shown.verdict == .accept)
    #expect(shown.mail.message.body == Array("one\r\n".utf8))
    // After the end of a message, or an abort, there is no envelope.
    #expect(list.finish(message).verdict == .reject)
    #expect(list.perform(.mail(.init("<a@example.org>"))).goesOn)
    #expect(list.perform(.reset).goesOn)
    #expect(list.finish(message).verdict == .reject)
    #expect(list.failures == [:])
  }

  @Test(arguments: [FilterList.DefaultAction.tempfail, .reject, .accept])
  func `No message passes after a step that ends the envelope`(action: FilterList.DefaultAction)
    throws
  {
    let one = try Self.server("one")
    defer { one.server.stop() }
    let message = MTAMessage(headers: [], body: Array("Hello\r\n".utf8))
    let ends: [MTAStep?] = [
      Self.greeting[0], Self.greeting[1], .newClient, .reset, .mail(.init("<c@example.org>")), nil,
    ]
    for end in ends {
      for recipient in ["<b@example.org>", "<one-discard@example.org>"] {
        let list = FilterList([.init(one.socket, defaultAction: action)])
        for step in Self.greeting { #expect(list.perform(step).goesOn) }
        #expect(list.perform(.mail(.init("<a@example.org>"))).goesOn)
        _ = list.perform(.rcpt(.init(recipient)))
        _ = list.perform(.data)
        if let end { _ = list.perform(end) } else { list.quit() }
        let outcome = list.finish(message)
        let isRefused = outcome.verdict == .reject || outcome.verdict == .tempfail
        #expect(isRefused, "\(String(describing: end))")
        #expect(!outcome.reply.isEmpty)
        #expect(list.failures == [:])
        list.quit()
        #expect(!list.perform(.mail(.init("<a@example.org>"))).goesOn)
      }
    }
  }

  @Test func `Filters see mail in their order, with the changes of those before`() throws {
    let (one, two) = (try Self.server("one"), try Self.server("two"))
    defer { for server in [one, two] { server.server.stop() } }
    let list = FilterList([.init(one.socket), .init(two.socket)])
    for step in Self.greeting { #expect(list.perform(step).goesOn) }
    for number in 1...2 {
      #expect(list.perform(.mail(.init("a@example.net"))).goesOn, "message \(number)")
      #expect(list.perform(.rcpt(.init("b@example.org"))).goesOn, "message \(number)")
      let refused = list.perform(.rcpt(.init("two@example.org")))
      #expect(refused.reply.texts == ["450 4.7.1 not for two"], "message \(number)")
      #expect(refused.decider == 1, "message \(number)")
      #expect(list.perform(.data).goesOn, "message \(number)")
      let outcome = list.finish(MTAMessage(headers: [MTAHeader("Subject", "\(number)")], body: []))
      #expect(outcome.verdict == .accept, "message \(number)")
      #expect(outcome.decider == nil, "message \(number)")
      #expect(
        outcome.mail.message.headers == [
          MTAHeader("Subject", "\(number)"), MTAHeader("X-one", "Subject"),
          MTAHeader("X-two", "Subject X-one"),
        ], "message \(number)")
      #expect(outcome.mail.message.body == Array("two\r\n".utf8), "message \(number)")
      #expect(
        outcome.mail.envelope.recipients.map(\.address).texts == [
          "<b@example.org>", "<one@example.org>", "<two@example.org>",
        ], "message \(number)")
    }
    list.quit()
    #expect(list.failures.isEmpty)
  }

  @Test func `The first refusal ends a message for all filters, and the next one is separate`()
    throws
  {
    let (one, two) = (try Self.server("one"), try Self.server("two"))
    defer { for server in [one, two] { server.server.stop() } }
    let list = FilterList([.init(one.socket), .init(two.socket)])
    for step in Self.greeting { _ = list.perform(step) }
    let sender = list.perform(.mail(.init("two@example.net")))
    #expect(sender.reply.texts == ["550 5.7.1 Command rejected"])
    #expect(sender.decider == 1)

    _ = list.perform(.mail(.init("a@example.net")))
    let discarded = list.perform(.rcpt(.init("one-discard@example.org")))
    #expect(discarded.isDiscarded && discarded.reply.isEmpty && discarded.decider == 0)
    #expect(list.perform(.rcpt(.init("two@example.org"))).isDiscarded)
    #expect(list.finish(MTAMessage()).verdict == .discard)

    _ = list.perform(.mail(.init("a@example.net")))
    _ = list.perform(.rcpt(.init("b@example.org")))
    _ = list.perform(.data)
    let content = list.finish(MTAMessage(headers: [MTAHeader("Subject", "two")], body: []))
    #expect(content.verdict == .reject)
    #expect(content.decider == 1)
    #expect(content.reply.texts == ["550 5.7.1 Command rejected"])

    _ = list.perform(.mail(.init("a@example.net")))
    #expect(list.perform(.reset).goesOn)
    _ = list.perform(.mail(.init("a@example.net")))
    _ = list.perform(.rcpt(.init("b@example.org")))
    _ = list.perform(.data)
    let last = list.finish(MTAMessage(headers: [MTAHeader("A", "1")], body: []))
    #expect(last.mail.message.headers.last == MTAHeader("X-two", "A X-one"))
    list.quit()
  }

  @Test(arguments: [MilterStatus.continue, .discard, .reject])
  func `Each filter that requests them sees refused recipients, and none decides about them`(
    status: MilterStatus
  ) throws {
    let journals = [MilterFilterFixtures.Journal(), .init()]
    let servers = try journals.map { journal in
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) {
        ScriptedFilter(journal) { filter, callback in
          if callback == .negotiate { filter.wanted.steps.insert(.rcptRej) }
          let isRefused = filter.arguments.first == "<nobody@example.org>"
          return callback == .envrcpt && isRefused ? status : .continue
        }
      }
      try server.start()
      return server
    }
    defer { for server in servers { server.stop() } }
    let list = FilterList(
      try servers.map { .init(try #require($0.addresses.first)) } + [.init("unix:/nowhere/at/all")])
    for step in Self.greeting { _ = list.perform(step) }
    #expect(!list.perform(.mail(.init("a@example.net"))).goesOn, "the missing filter defers mail")
    let reachable = FilterList(try servers.map { .init(try #require($0.addresses.first)) })
    for step in Self.greeting { #expect(reachable.perform(step).goesOn) }
    #expect(reachable.perform(.mail(.init("a@example.net"))).goesOn)
    let refusal = Array("550 5.1.1 unknown".utf8)
    let refused = MTAEnvelope.Path(Array("nobody@example.org".utf8), refusal: refusal)
    for (name, list) in [("all", list), ("reachable", reachable)] {
      let answer = list.perform(.rcpt(refused))
      #expect(answer.reply == [refusal] && !answer.isDiscarded && answer.decider == nil, "\(name)")
    }
    #expect(reachable.perform(.rcpt(.init("b@example.org"))).goesOn)
    let outcome = reachable.finish(MTAMessage(headers: [MTAHeader("A", "1")], body: []))
    #expect(outcome.verdict == .accept)
    #expect(outcome.mail.envelope.recipients == [.init("b@example.org")])
    for (number, journal) in journals.enumerated() {
      #expect(journal.all.contains("envrcpt <nobody@example.org>"), "filter \(number)")
      #expect(journal.all.contains("envrcpt <b@example.org>"), "filter \(number)")
    }
    for list in [list, reachable] { list.quit() }
  }

  @Test(arguments: ["postfix", "sendmail", "libmilter"], [MilterStatus.reject, .tempfail])
  func `No mail passes of a client that a filter has refused at connect or HELO`(
    name: String, status: MilterStatus
  ) throws {
    for callback in [MilterCallback.connect, .helo] {
      let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) {
        ScriptedFilter { _, current in current == callback ? status : .continue }
      }
      try server.start()
      defer { server.stop() }
      let one = try Self.server("one")
      defer { one.server.stop() }
      let profile = try #require(MTAProfile(named: name), "\(callback)")
      let list = FilterList(
        [one.socket, try #require(server.addresses.first, "\(callback)")].map {
          .init($0, profile: profile)
        })
      // Postfix and Sendmail send this refusal to the client only after MAIL or RCPT.
      var answers: [FilterList.Answer] = []
      let envelope = [MTAStep.mail(.init("a@example.net")), .rcpt(.init("b@example.org")), .data]
      for step in Self.greeting + envelope { answers.append(list.perform(step)) }
      #expect(answers.contains { !$0.goesOn && $0.decider == 1 }, "\(callback): \(answers)")
      let outcome = list.finish(MTAMessage(headers: [MTAHeader("A", "1")], body: []))
      #expect(!outcome.verdict.isDelivered, "\(callback)")
      #expect(list.failures == [:], "\(callback)")
      list.quit()
    }
  }

  @Test(arguments: [
    (FilterList.DefaultAction.tempfail, ["451 4.7.1 Service unavailable - try again later"]),
    (.reject, ["550 5.7.1 Command rejected"]), (.accept, []),
  ])
  func `A filter that fails is replaced by its default action`(
    action: FilterList.DefaultAction, reply: [String]
  ) throws {
    let silent = try RawFilter(.hangUp, at: .endOfBody)
    defer { silent.stop() }
    for socket in ["unix:/nowhere/at/all", "unix:\(silent.path)"] {
      let one = try Self.server("one")
      defer { one.server.stop() }
      let list = FilterList([.init(socket, defaultAction: action), .init(one.socket)])
      for step in Self.greeting { #expect(list.perform(step).goesOn, "\(socket)") }
      var replies = list.perform(.mail(.init("a@example.net"))).reply.texts
      if replies.isEmpty {
        _ = list.perform(.rcpt(.init("b@example.org")))
        _ = list.perform(.data)
        let outcome = list.finish(MTAMessage(headers: [MTAHeader("A", "1")], body: []))
        replies = outcome.reply.texts
        #expect(outcome.verdict.isDelivered == reply.isEmpty, "\(socket)")
        if reply.isEmpty { #expect(outcome.mail.message.headers.count == 2, "\(socket)") }
      }
      #expect(replies == reply, "\(socket)")
      #expect(Array(list.failures.keys) == [0], "\(socket)")
      list.quit()
    }
  }

  /// Returns a profile with long timeouts except one.
  private static func profile(
    _ hasty: WritableKeyPath<MTAProfile, Duration>?
  ) -> MTAProfile {
    var profile = MTAProfile.libmilterReference
    profile.connectTimeout = .seconds(600)
    profile.commandTimeout = .seconds(600)
    profile.contentTimeout = .seconds(600)
    if let hasty {
      profile[keyPath: hasty] = .milliseconds(50)
    } else {
      profile.endTimeout = .milliseconds(50)
    }
    return profile
  }

  @Test(arguments: [MTACommandCode.negotiate, .helo, .rcpt])
  func `A reply before the content is awaited up to the timeout of the filter's profile`(
    step: MTACommandCode
  ) throws {
    try expectTimeout(RawFilter(.silence, at: step), Self.profile(\.commandTimeout))
  }

  @Test(arguments: [MTACommandCode.header, .body, .endOfBody])
  func `A reply to the content is awaited up to the timeout of the filter's profile`(
    step: MTACommandCode
  ) throws {
    try expectTimeout(RawFilter(.silence, at: step), Self.profile(\.contentTimeout))
  }

  @Test func `progress extends the end of a message up to the limit of the filter's profile`()
    throws
  {
    try expectTimeout(RawFilter(endless: .progress, at: .endOfBody), Self.profile(nil))
  }

  /// Plays a message to a silent filter, and expects that the message is deferred.
  private func expectTimeout(_ hostile: RawFilter, _ profile: MTAProfile) throws {
    defer { hostile.stop() }
    let list = FilterList([.init("unix:\(hostile.path)", profile: profile)])
    for step in Self.greeting { #expect(list.perform(step).goesOn) }
    let envelope = [MTAStep.mail(.init("a@example.net")), .rcpt(.init("b@example.org")), .data]
    var reply: [[UInt8]] = []
    for step in envelope where reply.isEmpty { reply = list.perform(step).reply }
    if reply.isEmpty {
      let message = MTAMessage(headers: [MTAHeader("A", "1")], body: Array("x\r\n".utf8))
      let outcome = list.finish(message)
      #expect(outcome.verdict == .tempfail && outcome.mail.message == message)
      reply = outcome.reply
    }
    #expect(reply.texts == ["451 4.7.1 Service unavailable - try again later"])
    #expect(list.failures[0]?.code == .timedOut, "\(list.failures)")
    list.quit()
  }
}

extension FilterList.Answer {
  /// Whether no filter refuses the step.
  fileprivate var goesOn: Bool {
    reply.isEmpty && !isDiscarded && !disconnects && decider == nil
  }
}

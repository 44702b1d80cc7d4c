import MilterClient
import MilterCore
import MilterMTA
import MilterProcessFixtures
import MilterTextFixtures
import Testing

/// An SMTP server's list of filters on other libraries.
@Suite(.needsEditingFilters, .timeLimit(.minutes(10))) struct ForeignFilterListTests {
  /// A profile with long timeouts, because interpreters start slowly on a busy machine.
  private static let patient: MTAProfile = {
    var profile = MTAProfile.libmilterReference
    profile.connectTimeout = .seconds(300)
    profile.commandTimeout = .seconds(300)
    profile.contentTimeout = .seconds(300)
    return profile
  }()

  private static func list(_ sockets: [String]) -> FilterList {
    FilterList(sockets.map { FilterList.Filter($0, profile: patient) })
  }

  private static let greeting: [MTAStep] = [
    .connect(
      host: Array("client.example".utf8), address: .inet(address: "192.0.2.7", port: 1025)),
    .helo(Array("client.example".utf8)),
  ]

  private static let envelope: [MTAStep] = [
    .mail(.init("a@example.net")), .rcpt(.init("b@example.org")), .rcpt(.init("gone@example.org")),
  ]

  private static func message(_ subject: String) -> MTAMessage {
    MTAMessage(
      headers: [MTAHeader("From", "a@example.net"), MTAHeader("Subject", subject)],
      body: Array("Hello\r\n".utf8))
  }

  /// Performs steps that no filter refuses.
  private func perform(_ steps: [MTAStep], _ list: FilterList) {
    for step in steps {
      let answer = list.perform(step)
      #expect(answer.reply == [] && !answer.isDiscarded && answer.decider == nil, "\(step)")
    }
  }

  /// Expects the message as the filter changes it.
  private func expectChanges(
    _ outcome: FilterList.Outcome, _ filter: EditingFilter, seen: String
  ) {
    #expect(outcome.reply == [])
    #expect(
      outcome.mail.message.headers == [
        MTAHeader("From", "a@example.net"), MTAHeader("Subject", "changed"),
        MTAHeader("X-Seen", seen),
      ])
    // go-milter ends lines with LF, and MTAs store lines.
    #expect(outcome.mail.message.body == Array("new body\r\n".utf8))
    #expect(
      outcome.mail.envelope.recipients.map(\.address).texts == [
        "<b@example.org>", "<new@example.org>",
      ])
    #expect(outcome.mail.envelope.sender.address == Array("<a@example.net>".utf8))
  }

  @Test(arguments: EditingFilter.allCases)
  func `Each library's filter gives its answers, and its changes are values`(
    _ filter: EditingFilter
  ) throws {
    let (program, socket) = try filter.start()
    defer { withExtendedLifetime(program) {} }
    var list = Self.list([socket])
    perform(Self.greeting, list)
    /// Prepares another message, on another connection if the filter needs one.
    func next() {
      #expect(list.failures == [:])
      if filter.takesSeveral { return }
      list.quit()
      list = Self.list([socket])
      perform(Self.greeting, list)
    }

    perform(Self.envelope, list)
    if filter.judgesRecipients {
      let later = list.perform(.rcpt(.init("later@example.org")))
      #expect(later.reply.count == 1 && later.reply[0].starts(with: "451 4.7.1 ".utf8))
      #expect(later.decider == 0)
    }
    let first = list.finish(Self.message("one"))
    #expect(first.verdict == .accept && first.decider == nil)
    expectChanges(first, filter, seen: "2 headers, 7 bytes")

    next()
    let sender = list.perform(.mail(.init("reject@example.org")))
    #expect(sender.reply.texts == ["550 5.7.1 Command rejected"])
    #expect(sender.decider == 0)

    next()
    perform(Self.envelope, list)
    let refused = list.finish(Self.message("refuse"))
    #expect(refused.verdict == .reject && refused.decider == 0)
    #expect(refused.reply.texts == ["554 5.7.9 not wanted"])
    #expect(refused.mail.message == Self.message("refuse"))

    // The state of an aborted message does not affect the next one.
    next()
    perform(Self.envelope + [.reset] + Self.envelope, list)
    let large = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
    var message = Self.message("two")
    message.body = large
    let last = list.finish(message)
    #expect(last.verdict == .accept)
    expectChanges(last, filter, seen: "2 headers, 200000 bytes")

    if filter.quarantines {
      perform(Self.envelope, list)
      let held = list.finish(Self.message("hold"))
      #expect(held.verdict == .quarantine && held.quarantineReason == Array("held".utf8))
      expectChanges(held, filter, seen: "2 headers, 7 bytes")
    }
    list.quit()
    #expect(list.failures == [:])
  }

  @Test func `Filters of all libraries see mail in their order, with the changes of those before`()
    throws
  {
    let filters = try EditingFilter.allCases.map { try $0.start() }
    let rspamd = try RunningRspamd()
    defer { withExtendedLifetime((filters, rspamd)) {} }
    let list = Self.list(filters.map(\.socket) + [rspamd.socket])
    perform(Self.greeting + Self.envelope, list)
    let outcome = list.finish(Self.message("one"))
    #expect(outcome.verdict == .accept)
    #expect(list.failures == [:])
    let seen = outcome.mail.message.headers.filter { $0.name == Array("X-Seen".utf8) }
    #expect(
      seen.map(\.value).texts == [
        "2 headers, 7 bytes", "3 headers, 10 bytes", "4 headers, 10 bytes", "5 headers, 10 bytes",
        "6 headers, 10 bytes",
      ])
    // Filters do not see each other's new recipients, so each one adds the same. An MTA keeps one copy.
    #expect(
      Set(outcome.mail.envelope.recipients.map(\.address).texts) == [
        "<b@example.org>", "<new@example.org>",
      ])
    list.quit()
  }

  @Test func `rspamd's proxy judges several messages`() throws {
    let rspamd = try RunningRspamd()
    let list = Self.list([rspamd.socket])
    perform(Self.greeting, list)
    for pattern in ["", "YJS", "XJS", "YJS", ""] {
      perform(Self.envelope, list)
      var message = Self.message("one")
      message.headers.append(MTAHeader("Message-ID", "<1@example.net>"))
      if !pattern.isEmpty { message.body = Array((pattern + RunningRspamd.pattern).utf8) }
      let outcome = list.finish(message)
      let isRefused = pattern == "XJS"
      #expect(outcome.verdict == (isRefused ? .reject : .accept), "pattern \(pattern)")
      #expect(
        outcome.reply.texts == (isRefused ? ["554 5.7.1 Gtube pattern"] : []),
        "pattern \(pattern)")
      let spam = outcome.mail.message.headers.filter { $0.name == Array("X-Spam".utf8) }
      #expect(
        spam.map(\.value).texts == (pattern == "YJS" ? ["Yes"] : []), "pattern \(pattern)")
    }
    list.quit()
    #expect(list.failures == [:])
  }
}

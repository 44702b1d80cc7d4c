import MilterClient
import MilterCore
import MilterMTA
import MilterSystem
import Testing

@Suite struct FilterConnectionTests {
  private static let mail = MTAMail(
    MTAMessage(headers: [MTAHeader("Subject", "hi")], body: Array("x\r\n".utf8)),
    MTAEnvelope(sender: .init("<a@b>"), recipients: [.init("<c@d>")]))

  /// An MTA that has little patience.
  private static let hasty: MTAProfile = {
    var profile = MTAProfile.libmilterReference
    profile.commandTimeout = .milliseconds(200)
    profile.contentTimeout = .milliseconds(200)
    return profile
  }()

  private static let agreement = FilterReply.negotiate(
    .init(options: .init(actions: .all, steps: .allNo)))

  /// Plays the mail to a filter whose replies are there before it is asked.
  private func play(_ replies: [FilterReply], ends: Bool = false) throws -> MTAOutcome {
    let (ours, filters) = try Socket.socketPair()
    try replies.flatMap(\.bytes).withUnsafeBytes { try filters.write(all: $0) }
    if ends { try filters.shutdown(.writing) }
    let connection = FilterConnection(ours, Self.hasty)
    defer { connection.quit() }
    return connection.play(Self.mail)
  }

  @Test
  func `A filter's changes are carried out`() {
    let change = FilterReply.addheader(name: Array("A".utf8), value: Array("1".utf8))
    let link = FilterLinkStub(
      replies: [Self.agreement.bytes, change.bytes + FilterReply.accept.bytes])
    let outcome = FilterConnection(link, Self.hasty).play(Self.mail)
    #expect(outcome.verdict == .accept)
    #expect(outcome.result.message.headers == [MTAHeader("Subject", "hi"), MTAHeader("A", "1")])
  }

  @Test
  func `A silent filter fails at the step that waits`() throws {
    let silent = try play([])
    #expect(silent.failure?.code == .timedOut)
    #expect(silent.failure?.message == "the filter has not answered negotiate within 0.2 seconds")
    let later = try play([Self.agreement])
    #expect(later.callback == .eom)
    #expect(later.failure?.message == "the filter has not answered eom within 0.2 seconds")
  }

  @Test
  func `An existing reply counts, however late it is looked for`() {
    var profile = Self.hasty
    profile.commandTimeout = .nanoseconds(1)
    profile.contentTimeout = .nanoseconds(1)
    profile.endTimeout = .nanoseconds(1)
    let link = FilterLinkStub(replies: [Self.agreement.bytes, FilterReply.accept.bytes])
    #expect(FilterConnection(link, profile).play(Self.mail).verdict == .accept)
  }

  @Test
  func `A filter that goes away fails at the step that waits`() throws {
    let outcome = try play([Self.agreement], ends: true)
    #expect(outcome.failure?.code == .connectionClosed)
    #expect(outcome.callback == .eom)
  }

  @Test
  func `Progress extends the wait for a reply, not the wait for all of them`() throws {
    var profile = MTAProfile.libmilterReference
    profile.contentTimeout = .seconds(60)
    profile.endTimeout = .milliseconds(100)
    let link = FilterLinkStub(replies: [Self.agreement.bytes], then: FilterReply.progress.bytes)
    let outcome = FilterConnection(link, profile).play(Self.mail)
    #expect(outcome.failure?.code == .timedOut)
    #expect(outcome.progressReplies > 0)
  }

  @Test
  func `If nobody listens, the error has the socket and the reason`() throws {
    let error = #expect(throws: SocketError.self) {
      try FilterConnection(to: "unix:/nonexistent/filter.sock")
    }
    #expect(error?.message.contains("/nonexistent/filter.sock: ") == true)
    #expect(throws: SocketError.self) { try FilterConnection(to: "inet:@") }
  }
}

/// A filter whose replies come one for each wait.
private final class FilterLinkStub: FilterLink {
  private var replies: [[UInt8]]
  private let last: [UInt8]?

  init(replies: [[UInt8]], then last: [UInt8]? = nil) {
    self.replies = replies
    self.last = last
  }

  func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent? { nil }

  func receive(within limit: Duration) -> FilterLinkEvent {
    if !replies.isEmpty { return .bytes(replies.removeFirst()) }
    return last.map { .bytes($0) } ?? .silence
  }

  func close() {}
}

import MilterCore
public import MilterMTA

/// The filters that an SMTP server asks one after the other.
///
/// A server makes a list for each of its clients, and calls it as the client's commands come:
///
/// ```swift
/// import MilterClient
/// import MilterCore
/// import MilterMTA
///
/// let filters = FilterList([
///   .init("unix:/run/clamav/milter.sock"),
///   .init("inet:8891@127.0.0.1", defaultAction: .accept),
/// ])
/// let address = MilterAddress.inet(address: "192.0.2.7", port: 25000)
/// for step: MTAStep in [
///   .connect(host: Array("mail.example.net".utf8), address: address),
///   .helo(Array("mail.example.net".utf8)), .mail(.init("a@example.net")),
///   .rcpt(.init("b@example.org")), .data,
/// ] {
///   let answer = filters.perform(step)
///   if !answer.reply.isEmpty { print("the client is told:", answer.reply) }
/// }
/// let message = MTAMessage(eml: Array("Subject: Hello\r\n\r\nHello!\r\n".utf8))
/// let outcome = filters.finish(message)
/// print(outcome.verdict, outcome.mail.envelope.recipients.count)
/// filters.quit()
/// ```
///
/// The order is that of Postfix's `smtpd_milters`. Up to DATA, each step goes to one filter after the other.
/// The first refusal or discard is the answer, and the filters after it are not asked. ``finish(_:)`` sends the
/// content to one filter after the other, with the changes of the filters before it. The message that you pass
/// to it does not contain the server's own `Received` field. If a filter inserts a field at a position, that
/// field counts as the first one. If a filter quarantines a message, the filters after it still get the
/// message, as with Sendmail. With Postfix, they do not.
///
/// A failure of a filter is not an error: its default action is the answer, and the list does not ask it again
/// for the same client. A list blocks its thread. Use it on one thread at a time.
public final class FilterList {
  /// The answer for a filter that cannot be reached, breaks the protocol, or does not reply in time.
  public enum DefaultAction: Hashable, Sendable {
    /// The client is told to try again later; the default.
    case tempfail
    /// Mail is refused with a permanent failure.
    case reject
    /// Mail passes as if the filter were not there.
    case accept
  }

  /// One of the filters.
  public struct Filter: Hashable, Sendable {
    /// The filter's socket, in libmilter's or Postfix's notation.
    public var socket: String
    /// The answer if the filter fails.
    public var defaultAction: DefaultAction
    /// The server's behavior toward the filter.
    ///
    /// Its timeouts are the profile's `connectTimeout`, `commandTimeout`, `contentTimeout`, and `endTimeout`.
    public var profile: MTAProfile

    /// Describes a filter.
    public init(
      _ socket: String, defaultAction: DefaultAction = .tempfail,
      profile: MTAProfile = .libmilterReference
    ) {
      self.socket = socket
      self.defaultAction = defaultAction
      self.profile = profile
    }
  }

  /// The filters' answer to a step.
  public struct Answer: Hashable, Sendable {
    /// The lines of the reply that refuses the client; empty to continue.
    public var reply: [[UInt8]] = []
    /// Whether the server drops the message, although it accepts it from the client.
    public var isDiscarded = false
    /// Whether the server closes the client's connection after the reply.
    public var disconnects = false
    /// The index of the filter that decided; `nil` if no filter decided.
    public var decider: Int?
  }

  /// The outcome of a message.
  public struct Outcome: Hashable, Sendable {
    /// The verdict on the message.
    public var verdict: MTAVerdict
    /// The lines of the reply with which it is refused; empty otherwise.
    public var reply: [[UInt8]] = []
    /// Whether the server closes the client's connection after the reply.
    public var disconnects = false
    /// The message and its envelope, as the filters have changed them.
    public var mail: MTAMail
    /// The reason for the quarantine; `nil` if the message is not in quarantine.
    public var quarantineReason: [UInt8]?
    /// The index of the filter that decided; `nil` if no filter decided.
    public var decider: Int?
  }

  private let links: [ListedFilter]
  private var envelope = MTAEnvelope(sender: .init(""), recipients: [])
  /// The index of the filter that discarded the message.
  private var discarder: Int?
  /// Whether the filters have accepted the steps before the content.
  private var isAtContent = false

  /// Creates a list, which connects to the filters at the first step.
  public init(_ filters: [Filter]) { links = filters.map(ListedFilter.init) }

  /// The failures after which filters are not asked any more, by the index of the filter.
  public var failures: [Int: MTAFailure] {
    Dictionary(
      uniqueKeysWithValues: links.enumerated().compactMap { number, link in
        link.failure.map { (number, $0) }
      })
  }

  /// Sets macros for all filters.
  public func set(_ macros: MTAMacros) { for link in links { link.macros = macros } }

  /// Asks the filters about one step before the content.
  ///
  /// - Parameter step: Any step except a header field, the end of the header, the body, and the end of the
  ///   message, which ``finish(_:)`` sends.
  /// - Returns: The answer.
  public func perform(_ step: MTAStep) -> Answer {
    switch step {
    case .connect(let host, let address):
      (envelope.host, envelope.address) = (host, address)
      endMessage()
      forgetMessage()
    case .helo(let name):
      envelope.helo = name
      forgetMessage()
    case .newClient: forgetMessage()
    case .mail(let path):
      endMessage()
      forgetMessage()
      envelope.sender = path
    case .rcpt, .data:
      if let discarder { return Answer(isDiscarded: true, decider: discarder) }
    case .reset:
      endMessage()
      forgetMessage()
      return Answer()
    default: break
    }
    for (number, link) in links.enumerated() {
      guard var answer = link.perform(step) else { continue }
      answer.decider = number
      if answer.isDiscarded { discarder = number }
      if !step.callback.isAboutPart {
        endMessage()
        isAtContent = false
      }
      return answer
    }
    if step == .data { isAtContent = true }
    if case .rcpt(let path) = step {
      if let refusal = path.refusal { return Answer(reply: [refusal]) }
      envelope.recipients.append(path)
    }
    return Answer()
  }

  /// Sends the message's content to one filter after the other.
  ///
  /// This method also performs DATA if the server has not done so. It refuses a message whose envelope the
  /// filters did not get or refused.
  ///
  /// - Parameter message: Header and body.
  /// - Returns: The outcome, which has the message with the filters' changes.
  public func finish(_ message: MTAMessage) -> Outcome {
    defer {
      endMessage()
      forgetMessage()
    }
    var outcome = Outcome(verdict: .accept, mail: MTAMail(message, envelope))
    if discarder == nil, !isAtContent {
      let answer = perform(.data)
      if !answer.reply.isEmpty {
        outcome.verdict = MTAVerdict(refusal: answer.reply[0])
        (outcome.reply, outcome.disconnects) = (answer.reply, answer.disconnects)
        outcome.decider = answer.decider
        return outcome
      }
    }
    if let discarder {
      (outcome.verdict, outcome.decider) = (.discard, discarder)
      return outcome
    }
    for (number, link) in links.enumerated() {
      guard let next = link.finish(outcome.mail) else { continue }
      outcome.quarantineReason = next.quarantineReason ?? outcome.quarantineReason
      if next.verdict.isDelivered {
        outcome.mail = next.mail
        continue
      }
      (outcome.verdict, outcome.reply) = (next.verdict, next.reply)
      (outcome.disconnects, outcome.decider) = (next.disconnects, number)
      return outcome
    }
    if outcome.quarantineReason != nil { outcome.verdict = .quarantine }
    return outcome
  }

  /// Ends the connections to all filters.
  ///
  /// The list then refuses all mail temporarily.
  public func quit() {
    forgetMessage()
    for link in links { link.quit() }
  }

  /// Forgets the message in progress, which cannot continue after the current step.
  private func forgetMessage() {
    (envelope.sender, envelope.recipients) = (.init(""), [])
    (discarder, isAtContent) = (nil, false)
  }

  /// Tells the filters that have not seen the end of the message that it has ended.
  private func endMessage() { for link in links { link.reset() } }
}

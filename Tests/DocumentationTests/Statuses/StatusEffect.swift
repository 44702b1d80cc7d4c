import MilterKit
import MilterTesting

/// The effect of a callback's status with one MTA.
struct StatusEffect: Equatable {
  /// The outcome for the client, the recipients, and the message.
  var outcome: String
  /// The callbacks that the filter still gets in the session.
  var rest: String

  /// Plays two messages to a filter that returns the status once.
  ///
  /// `RealMTATests` compares the profiles with the MTAs they simulate, for every status and callback.
  init(of status: MilterStatus, from callback: MilterCallback, under profile: MTAProfile) {
    let filter =
      status == .noreply
      ? SilentFilter(status, in: callback) : DecidingFilter(status, in: callback)
    let mta = TestMTA(profile, filter: filter)
    Self.open(mta)
    Self.offer(mta)
    let outcome = mta.outcome
    let first = mta.steps
    let seen = filter.seen
    Self.offer(mta)
    let later = filter.seen.dropFirst(seen.count)
    mta.quit()
    self.outcome = Self.outcome(outcome, first, callback)
    rest = Self.rest(seen, later, callback)
  }

  private static func open(_ mta: TestMTA) {
    mta.connect("client.example.org", .inet(address: "192.0.2.25", port: 49152))
    mta.helo("client.example.org")
  }

  /// Sends a message like a client, which gives up when MAIL or DATA is refused.
  private static func offer(_ mta: TestMTA) {
    guard mta.mail(from: "sender@example.org").reply.isEmpty else { return }
    mta.rcpt(to: "first@example.org")
    mta.unknown("FROB")
    mta.rcpt(to: "second@example.org")
    guard mta.data().reply.isEmpty else {
      mta.rset()
      return
    }
    for name in ["Subject", "Date"] { mta.header(name, "x") }
    mta.eoh()
    for _ in 1...2 { mta.body("x\n") }
    mta.eom()
  }

  /// Returns the replies to the client that differ from continue, and the fate of the message.
  private static func outcome(
    _ outcome: MTAOutcome?, _ steps: [MTAExchange], _ callback: MilterCallback
  ) -> String {
    var replies: [String] = []
    for step in steps where !step.reply.isEmpty {
      let text = step.reply.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " / ")
      // The MTA itself replies 500 to an unknown command, whatever the filter returns.
      if step.callback == .unknown, text.hasPrefix("500") { continue }
      replies.append("\(command(step.callback)): `\(text)`")
    }
    guard let outcome else { return replies.first ?? "" }
    let kept = outcome.result.envelope.recipients.count
    let fate =
      switch outcome.verdict {
      case .accept, .quarantine: kept == 2 ? "queued" : "queued for the other recipients"
      case .discard: "accepted and dropped"
      default: replies.isEmpty ? "\(outcome.verdict)" : nil as String?
      }
    return (replies.prefix(1) + (fate.map { [$0] } ?? [])).joined(separator: "; ")
  }

  private static func command(_ callback: MilterCallback) -> String {
    switch callback {
    case .connect: "greeting"
    case .helo: "HELO"
    case .envfrom: "MAIL"
    case .envrcpt: "RCPT"
    case .data: "DATA"
    case .unknown: "this command"
    case .header, .eoh, .body, .eom, .negotiate, .abort, .close: "end of data"
    }
  }

  private static func rest(
    _ seen: [MilterCallback], _ later: ArraySlice<MilterCallback>, _ callback: MilterCallback
  ) -> String {
    let place = seen.firstIndex(of: callback) ?? seen.endIndex
    let following = seen.dropFirst(place + 1)
    if following.isEmpty, callback != .eom {
      return later.isEmpty ? "nothing more" : "the next message"
    }
    if callback == .eom { return later.isEmpty ? "nothing more" : "the next message" }
    let repeats: [MilterCallback] = [.envrcpt, .header, .body]
    if repeats.contains(callback), !following.contains(callback) { return "no more `\(callback)`" }
    return "the rest"
  }
}

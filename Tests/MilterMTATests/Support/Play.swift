import MilterCore
import MilterMTA

/// Bytes of a text.
func b(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Text of bytes.
func s(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A message with three headers and a body of two lines, from <a@b.example> to two recipients.
let sampleMail = MTAMail(
  MTAMessage(eml: b("From: A <a@b.example>\nSubject: hi\n there\nX-A: 1\n\nline 1\nline 2\n")),
  MTAEnvelope(
    sender: .init("<a@b.example>", "SIZE=100"),
    recipients: [.init("<c@d.example>"), .init("<e@f.example>", "NOTIFY=NEVER")]))

/// Carries bytes between a session and a filter until neither has output.
///
/// With `drip` each byte is handed over on its own, in both directions.
func carry(_ session: inout MTASession, _ filter: inout ToyFilter, drip: Bool = false) {
  while true {
    let output = session.takeOutput()
    if output.isEmpty { return }
    do {
      var replies: [UInt8] = []
      if drip {
        for byte in output { replies += try filter.receive([byte]) }
        for byte in replies { session.receive([byte]) }
      } else {
        replies = try filter.receive(output)
        session.receive(replies)
      }
    } catch {
      session.endOfStream()
    }
  }
}

/// Plays one message to a filter, in whole packets and byte by byte, and returns the outcome.
func play(
  _ filter: ToyFilter, _ mail: MTAMail = sampleMail, _ profile: MTAProfile = .libmilterReference
) -> (outcome: MTAOutcome?, filter: ToyFilter) {
  func once(drip: Bool) -> (outcome: MTAOutcome?, filter: ToyFilter) {
    var session = MTASession(profile)
    var filter = filter
    session.send(mail)
    carry(&session, &filter, drip: drip)
    session.quit()
    carry(&session, &filter, drip: drip)
    return (session.outcome, filter)
  }
  let whole = once(drip: false)
  let dripped = once(drip: true)
  return whole.outcome == dripped.outcome && whole.filter.seen == dripped.filter.seen
    ? whole : (nil, whole.filter)
}

/// Plays a message with raw replies, one for each output of the session.
func play(replies: [[FilterReply]], _ mail: MTAMail = sampleMail) -> MTASession {
  var session = MTASession()
  session.send(mail)
  for batch in replies {
    _ = session.takeOutput()
    session.receive(batch.flatMap(\.bytes))
  }
  return session
}

/// The reply to the negotiation that accepts all actions and leaves out no step.
let agreement = FilterReply.negotiate(
  .init(options: .init(actions: .all, steps: [.skip])))
/// Returns the replies for ``sampleMail`` up to the one that the session awaits at a callback.
func repliesUp(to callback: MilterCallback) -> [[FilterReply]] {
  let order: [MilterCallback] = [
    .connect, .helo, .envfrom, .envrcpt, .envrcpt, .data, .header, .header, .header, .eoh, .body,
    .eom,
  ]
  let count = order.firstIndex(of: callback) ?? 0
  return [[agreement]] + Array(repeating: [.continue], count: count)
}

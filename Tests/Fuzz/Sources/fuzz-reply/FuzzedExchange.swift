@testable import MilterCore
@testable import MilterMTA
@testable import MilterPlay

/// Plays messages as long as the input has replies of the filter, and checks the outcomes.
struct FuzzedExchange {
  private var session: MTASession
  private let mail: MTAMail

  init(_ session: MTASession, mail number: Int) {
    self.session = session
    mail = Self.mails[number]
    self.session.send(mail)
    checkOutput()
  }

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    session.receive(bytes)
    checkOutput()
    if let outcome = session.outcome, session.failure == nil {
      check(outcome)
      session.send(mail)
      checkOutput()
    }
  }

  mutating func end() {
    session.endOfStream()
    guard let outcome = session.outcome else { fatalError("the end of the stream left no outcome") }
    check(outcome)
    session.quit()
    checkOutput()
  }

  /// Checks that the MTA's output can be decoded, whatever the filter replies.
  private mutating func checkOutput() {
    var decoder = FrameDecoder()
    decoder.maximumPayload = session.maximumPayload
    decoder.append(session.takeOutput())
    do {
      while let frame = try decoder.next() {
        let payload = decoder.storage.span.extracting(frame.payload)
        _ = try MTACommand(code: frame.code, payload: payload)
      }
    } catch {
      fatalError("a command cannot be read: \(error)")
    }
    guard decoder.isEmpty else { fatalError("half a command was sent") }
  }

  private func check(_ outcome: MTAOutcome) {
    let report = MTAReport(outcome).text
    guard report.utf8.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x0A }) else {
      fatalError("the report is not plain: \(report)")
    }
    _ = MTAMessage(eml: outcome.result.message.bytes)
  }

  private static let mails = [
    MTAMail(
      MTAMessage(
        headers: [.init("From", "a@example.org"), .init("To", "b@example.org, <c@example.org>")],
        body: Array("one\r\ntwo\r\n".utf8))),
    MTAMail(MTAMessage()),
    MTAMail(
      MTAMessage(
        headers: (0..<20).map { .init($0 % 2 == 0 ? "X-Even" : "X-Odd", " \($0)\n\tfolded") },
        body: [UInt8](repeating: 0x78, count: 3000)),
      MTAEnvelope(
        address: nil, sender: .init("<>"),
        recipients: [
          .init(Array("a@b".utf8), refusal: Array("550 5.1.1 no such user".utf8)),
          .init("<d@e>", "NOTIFY=NEVER ORCPT=rfc822;d@e"),
        ])),
  ]
}

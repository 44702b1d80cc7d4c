import MilterMessageFixtures
import MilterTesting
import Testing

/// Checks that any changes to any message arrive at the MTA exactly.
@Suite struct PlanPropertyTests {
  private static let seeds = 300

  @Test(arguments: MTAProfile.all.filter { $0.dialect == .complete }.map(\.name))
  func `Random edits of random messages arrive exactly`(name: String) throws {
    let profile = try #require(MTAProfile(named: name))
    let isExact = profile.offer.steps.contains(.hdrLeadspc)
    let source = RandomMail(isExact: isExact, hasLargeFields: !name.hasPrefix("sendmail"))
    for seed in 0..<Self.seeds {
      var random = Random(seed: seed)
      let mail = source.mail(&random)
      let edits = RandomEdits(profile, source)
      let filter = ClosureMilter { message in
        try edits.edit(&message, &random)
        return .accept
      }
      let outcome = TestMTA(profile, filter: filter).send(mail)
      let edited = try #require(filter.result, "\(name), seed \(seed)")
      let differences = try differences(of: edited, outcome)
      let plan = try edited.plan
      #expect(differences == [], "\(name), seed \(seed):\n\(plan)")
    }
  }

  /// Returns the differences between the MTA's message and the filter's.
  private func differences(of edited: MilterMessage, _ outcome: MTAOutcome) throws -> [String] {
    guard outcome.verdict == .accept else { return ["\(outcome)"] }
    let result = outcome.result
    var differences = outcome.warnings.filter { !$0.contains("Postfix cuts") }
    let fields = edited.headers.map(\.bytes)
    if result.message.headers.map(\.line) != fields { differences.append("headers") }
    if try edited.body.bytes != result.message.body { differences.append("body") }
    let sender = result.envelope.sender
    if sender.bareAddress != Array(edited.sender.text.utf8) { differences.append("sender") }
    let arguments = Set(edited.sender.arguments.map { Array($0.utf8) })
    if Set(sender.arguments) != arguments { differences.append("sender's arguments") }
    let recipients = result.envelope.recipients.map(\.text).sorted()
    if recipients != edited.recipients.map(\.bareText).sorted() { differences.append("recipients") }
    return differences
  }

  @Test func `An unchanged message has no plan`() throws {
    for seed in 0..<100 {
      var random = Random(seed: seed)
      let mail = RandomMail(isExact: true, hasLargeFields: true).mail(&random)
      let filter = ClosureMilter { message in
        for field in message.headers where !field.mayBeCut {
          message.headers.remove(field)
          try message.headers.prepend(field)
        }
        for field in message.headers.reversed() where !field.mayBeCut {
          message.headers.remove(field)
          try message.headers.prepend(field)
        }
        if !message.headers.contains(where: {
          $0.mayBeCut || $0.bytes.count == $0.name.utf8.count + 3
        }) {
          message.headers.removeAll { _ in true }
          for header in mail.message.headers {
            try message.headers.append(
              .init(
                String(decoding: header.name, as: UTF8.self), rawValue: header.value,
                separator: header.separator == [0x3A] ? .colon : .colonSpace))
          }
        } else {
          return .reject
        }
        try message.body.replace(with: message.body.bytes)
        message.sender = try .init(message.sender.text, arguments: message.sender.arguments)
        return .accept
      }
      let outcome = TestMTA(.postfix, filter: filter).send(mail)
      #expect(
        outcome.verdict == .reject || outcome.actions == [], "seed \(seed): \(outcome.actions)")
    }
  }
}

extension MTAHeader {
  /// The bytes of the field in the message.
  fileprivate var line: [UInt8] {
    name + separator + value.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] } + [0x0D, 0x0A]
  }
}

extension MTAEnvelope.Path {
  fileprivate var text: String {
    ([bareAddress] + arguments).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
  }
}

extension MilterMessage.Path {
  fileprivate var bareText: String { ([text] + arguments).joined(separator: " ") }
}

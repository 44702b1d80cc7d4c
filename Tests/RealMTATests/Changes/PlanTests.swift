import Foundation
import MilterMessageFixtures
import MilterTesting
import Synchronization
import Testing

extension RealMTASuite {
  /// The planned changes of a message value.
  @Suite struct PlanTests {
    /// The number of messages for each MTA; `.ci/full` asks for more.
    private static let cases =
      ProcessInfo.processInfo.environment["PLAN_CASES"].flatMap { Int($0) } ?? 200
    /// The number of messages in an SMTP session.
    private static let sessionLength = 50

    /// The messages after the changes of the filter, by seed.
    private final class Edited: Sendable {
      private let messages = Mutex<[Int: MilterMessage]>([:])
      subscript(seed: Int) -> MilterMessage? {
        get { messages.withLock { $0[seed] } }
        set { messages.withLock { $0[seed] = newValue } }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Random edits of random messages are in the queue byte for byte`(kind: RealMTA.Kind)
      async throws
    {
      let source = RandomMail(isExact: true, hasLargeFields: kind == .postfix, isTame: true)
      let edits = RandomEdits(kind == .postfix ? .postfix : .sendmail, source)
      let edited = Edited()
      try await withFilter(
        kind,
        making: {
          ClosureMilter { message in
            let seed = try #require(message.headers["X-Seed"].flatMap { Int($0) })
            var random = Random(seed: seed + 1_000_000)
            try edits.edit(&message, &random)
            // Sendmail does not queue a message without recipients.
            if message.recipients.isEmpty { try message.recipients.append("last@example.org") }
            edited[seed] = message
            return .accept
          }
        }
      ) { mta, _ in
        var client: SMTPClient?
        for seed in 0..<Self.cases {
          if seed % Self.sessionLength == 0 {
            try client?.quit()
            client = try mta.connect()
            try client?.ehlo()
          }
          var random = Random(seed: seed)
          var mail = source.mail(&random)
          mail.message.headers.insert(MTAHeader("X-Seed", "\(seed)"), at: 0)
          let delivery = try #require(try client?.send(mail), "\(kind), seed \(seed)")
          let id = try #require(delivery.queueID, "\(kind), seed \(seed): \(delivery.final)")
          let wanted = try #require(edited[seed], "\(kind), seed \(seed)")
          let differences = try Self.differences(of: mta.message(id), wanted)
          let plan = try wanted.plan
          #expect(differences == [], "\(kind), seed \(seed):\n\(plan)")
        }
        try client?.quit()
      }
    }

    private static func differences(
      of queued: QueuedMessage, _ wanted: MilterMessage
    ) throws -> [String] {
      var differences: [String] = []
      let fields = queued.headers.dropFirst().map { Array("\($0.name):".utf8) + $0.rawValue }
      let wantedFields = wanted.headers.map {
        Array("\($0.name):".utf8) + ($0.separator == .colonSpace ? [0x20] : []) + $0.rawValue
      }
      if fields != wantedFields {
        let place = zip(fields, wantedFields).prefix { $0 == $1 }.count
        let pair = [fields, wantedFields].map { list in
          place < list.count
            ? String(String(decoding: list[place], as: UTF8.self).debugDescription.prefix(200))
            : "-"
        }
        differences.append("header \(place): \(pair[0]) is not \(pair[1])")
      }
      if queued.wireBody != (try wanted.body.bytes) { differences.append("body") }
      if queued.sender != wanted.sender.text { differences.append("sender \(queued.sender)") }
      let recipients = Set(queued.recipients.map { "\($0.address) \($0.notify.sorted())" })
      let wantedRecipients = Set(
        wanted.recipients.map { path in
          let notify = path.arguments.first { $0.hasPrefix("NOTIFY=") }?.dropFirst(7) ?? ""
          return "\(path.text) \(notify.split(separator: ",").map(String.init).sorted())"
        })
      if recipients != wantedRecipients {
        differences.append("recipients \(recipients) are not \(wantedRecipients)")
      }
      return differences
    }
  }
}

extension SMTPClient {
  /// Sends a message with its envelope.
  fileprivate func send(_ mail: MTAMail) throws -> SMTPDelivery {
    func text(_ path: MTAEnvelope.Path) -> String {
      ([path.bareAddress] + path.arguments).map { String(decoding: $0, as: UTF8.self) }
        .joined(separator: " ")
    }
    let sender = mail.envelope.sender
    return try send(
      message: mail.message.bytes, from: String(decoding: sender.bareAddress, as: UTF8.self),
      to: mail.envelope.recipients.map(text),
      parameters: (sender.arguments + [Array("BODY=8BITMIME".utf8)]).map {
        String(decoding: $0, as: UTF8.self)
      }.joined(separator: " "))
  }
}

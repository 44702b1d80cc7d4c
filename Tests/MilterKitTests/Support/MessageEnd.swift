import MilterCore
import MilterFilterFixtures
import MilterKit
import Testing

/// A way in which a message ends, and the events that a ``ScopedFilter`` then records.
struct MessageEnd: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let commands: [MTACommand]
  let journal: [String]
  var rest: [UInt8] = []
  var answers: @Sendable (MilterCallback) throws -> MilterStatus = { _ in .continue }

  static let mail = MTACommand.mail([bytes("<a@b>")])
  static let rcpt = MTACommand.rcpt([bytes("<c@d>")])
  static let header = MTACommand.header(name: bytes("X"), value: bytes("v"))

  private struct Thrown: Error {}

  private static func verdict(
    _ status: MilterStatus, in wanted: MilterCallback
  ) -> @Sendable (MilterCallback) throws -> MilterStatus {
    { $0 == wanted ? status : .continue }
  }

  static let all: [Self] = [
    .init(
      testDescription: "eom",
      commands: [mail, rcpt, header, .eoh, .body(bytes("b")), .endOfBody([])],
      journal: [
        "envfrom 1", "envrcpt 2", "header 3", "body 4", "eom 5", "ended 5", "released", "close",
      ]),
    .init(
      testDescription: "two messages",
      commands: [mail, rcpt, .endOfBody([]), mail, rcpt, .endOfBody([])],
      journal: [
        "envfrom 1", "envrcpt 2", "eom 3", "ended 3", "released",
        "envfrom 1", "envrcpt 2", "eom 3", "ended 3", "released", "close",
      ]),
    .init(
      testDescription: "the last chunk with the end",
      commands: [mail, rcpt, .endOfBody(bytes("b"))],
      journal: [
        "envfrom 1", "envrcpt 2", "body 3", "eom 4", "ended 4", "released", "close",
      ]),
    .init(
      testDescription: "a verdict on the last chunk",
      commands: [mail, rcpt, .endOfBody(bytes("b"))],
      journal: ["envfrom 1", "envrcpt 2", "body 3", "ended 3", "released", "close"],
      answers: verdict(.reject, in: .body)),
    .init(
      testDescription: "a verdict in envfrom", commands: [mail, mail],
      journal: [
        "envfrom 1", "ended 1", "released", "envfrom 1", "ended 1", "released", "close",
      ],
      answers: verdict(.reject, in: .envfrom)),
    .init(
      testDescription: "accept in envrcpt", commands: [mail, rcpt],
      journal: ["envfrom 1", "envrcpt 2", "ended 2", "released", "close"],
      answers: verdict(.accept, in: .envrcpt)),
    .init(
      testDescription: "a refused recipient goes on", commands: [mail, rcpt, rcpt, .abort],
      journal: [
        "envfrom 1", "envrcpt 2", "envrcpt 3", "abort", "ended 3", "released", "close",
      ],
      answers: verdict(.reject, in: .envrcpt)),
    .init(
      testDescription: "discard in header", commands: [mail, rcpt, header],
      journal: ["envfrom 1", "envrcpt 2", "header 3", "ended 3", "released", "close"],
      answers: verdict(.discard, in: .header)),
    .init(
      testDescription: "a callback throws", commands: [mail, rcpt, header],
      journal: ["envfrom 1", "envrcpt 2", "header 3", "ended 3", "released", "close"],
      answers: { if $0 == .header { throw Thrown() } else { .continue } }),
    .init(
      testDescription: "RSET, or a verdict of another filter",
      commands: [mail, rcpt, .abort, mail, .abort],
      journal: [
        "envfrom 1", "envrcpt 2", "abort", "ended 2", "released",
        "envfrom 1", "abort", "ended 1", "released", "close",
      ]),
    .init(
      testDescription: "a second MAIL", commands: [mail, rcpt, mail],
      journal: [
        "envfrom 1", "envrcpt 2", "abort", "ended 2", "released",
        "envfrom 1", "abort", "ended 1", "released", "close",
      ]),
    .init(
      testDescription: "unknown commands between messages and in one",
      commands: [.unknown(bytes("X")), mail, .unknown(bytes("X")), .abort, .unknown(bytes("X"))],
      journal: [
        "unknown", "envfrom 1", "unknown", "abort", "ended 1", "released", "unknown", "close",
      ]),
    .init(
      testDescription: "another client on the connection",
      commands: [mail, .quitNewConnection, .connect(host: bytes("h"), address: nil), mail],
      journal: [
        "envfrom 1", "abort", "ended 1", "released", "close",
        "envfrom 1", "abort", "ended 1", "released", "close",
      ]),
    .init(
      testDescription: "an unknown command byte", commands: [mail],
      journal: ["envfrom 1", "abort", "ended 1", "released", "close"], rest: [0, 0, 0, 1, 0x7F]),
    .init(
      testDescription: "half a command", commands: [mail],
      journal: ["envfrom 1", "abort", "ended 1", "released", "close"], rest: [0, 0, 0, 9, 0x52]),
    .init(testDescription: "no message", commands: [], journal: ["close"]),
  ]
}

import MilterCore
import Testing

/// A callback with a reply, and the commands that lead to it.
struct AnsweredStep: Sendable, CustomTestStringConvertible {
  let callback: MilterCallback
  let before: [MTACommand]
  let command: MTACommand

  var testDescription: String { "\(callback)" }

  static let all: [AnsweredStep] = {
    let connect = MTACommand.connect(host: bytes("mx"), address: nil)
    let mail = MTACommand.mail([bytes("<a@b>")])
    let rcpt = MTACommand.rcpt([bytes("<c@d>")])
    return [
      .init(callback: .connect, before: [], command: connect),
      .init(callback: .helo, before: [connect], command: .helo(bytes("x"))),
      .init(callback: .envfrom, before: [connect], command: mail),
      .init(callback: .envrcpt, before: [connect, mail], command: rcpt),
      .init(callback: .data, before: [connect, mail, rcpt], command: .data),
      .init(callback: .unknown, before: [connect], command: .unknown(bytes("XYZ"))),
      .init(
        callback: .header, before: [connect, mail, rcpt],
        command: .header(name: bytes("Subject"), value: bytes("hi"))),
      .init(callback: .eoh, before: [connect, mail, rcpt], command: .eoh),
      .init(callback: .body, before: [connect, mail, rcpt], command: .body([0x61])),
      .init(callback: .eom, before: [connect, mail, rcpt], command: .endOfBody([])),
    ]
  }()
}

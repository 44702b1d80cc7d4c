import MilterCore

/// The bytes of the message on which instructions are counted.
///
/// Do not change the message: every stored limit would mean something else.
enum CoreMessage {
  /// The negotiation and the client, sent once.
  static var opening: [[UInt8]] {
    let offer = MilterOptions(
      actions: .init(rawValue: 0x1FF), steps: MilterProtocolFlags.allNo.union(.allNr))
    return [
      MTACommand.negotiate(.init(options: offer)).bytes,
      macros(.connect, [("j", "mx.example.org"), ("{daemon_name}", "smtpd")])
        + MTACommand.connect(
          host: Array("client.example.net".utf8), address: .inet(address: "192.0.2.25", port: 40000)
        ).bytes,
      macros(.helo, [("{tls_version}", "TLSv1.3")])
        + MTACommand.helo(text("client.example.net")).bytes,
    ]
  }

  /// The 18 bursts, each of which gets one reply.
  static var bursts: [[UInt8]] {
    var bursts = [
      macros(.mail, [("i", "4QxYzT1Wqz9"), ("{mail_mailer}", "smtp"), ("{mail_host}", "example")])
        + MTACommand.mail([text("<sender@example.net>"), text("SIZE=2345")]).bytes
    ]
    for name in ["first", "second"] {
      bursts.append(
        macros(.rcpt, [("{rcpt_addr}", "\(name)@example.org"), ("{rcpt_mailer}", "local")])
          + MTACommand.rcpt([text("<\(name)@example.org>")]).bytes)
    }
    bursts.append(macros(.data, [("i", "4QxYzT1Wqz9")]) + MTACommand.data.bytes)
    for number in 1...11 {
      bursts.append(
        MTACommand.header(
          name: text("X-Header-\(number)"),
          value: text("a value of a usual length, sometimes folded\n\tonce, number \(number)")
        ).bytes)
    }
    bursts.append(macros(.eoh, [("i", "4QxYzT1Wqz9")]) + MTACommand.eoh.bytes)
    bursts.append(MTACommand.body([UInt8](repeating: UInt8(ascii: "x"), count: 2048)).bytes)
    bursts.append(macros(.endOfBody, [("i", "4QxYzT1Wqz9")]) + MTACommand.endOfBody([]).bytes)
    return bursts
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static func macros(
    _ owner: MTACommandCode, _ pairs: [(String, String)]
  ) -> [UInt8] {
    MTACommand.macro(owner.rawValue, pairs.map { MilterMacro($0, $1) }).bytes
  }
}

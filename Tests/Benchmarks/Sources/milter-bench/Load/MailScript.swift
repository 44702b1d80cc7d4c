import MilterCore

/// The MTA's commands for one message, and the replies that the filter must send.
///
/// As with Postfix, macros are in the same write as the command that they belong to. A command
/// without a reply is in the same write as the next command with one.
struct MailScript {
  let mode: FilterMode
  var headers: Int
  var bodySize: Int
  /// Whether the first header field is one whose callback blocks.
  var blocks = false

  /// The maximum number of body bytes in a packet: `MILTER_CHUNK_SIZE`.
  private static let chunkSize = 65535

  /// The negotiation only.
  var negotiation: Script {
    let script = Script()
    negotiate(script)
    return script
  }

  /// The negotiation and the client.
  var hello: Script {
    let script = Script()
    negotiate(script)
    let connect = MTACommand.connect(
      host: bytes("client.example.net"), address: .inet(address: "192.0.2.25", port: 40000))
    say(
      connect, to: script,
      macros: [
        ("j", "mx.example.org"), ("{daemon_name}", "smtpd"), ("v", "Benchmark 1"),
        ("_", "client.example.net [192.0.2.25]"),
      ])
    say(
      .helo(bytes("client.example.net")), to: script,
      macros: [("{tls_version}", "TLSv1.3"), ("{cipher}", "TLS_AES_256_GCM_SHA384")])
    return script
  }

  /// The end of a connection.
  static var goodbye: Script {
    let script = Script()
    script.say(MTACommand.quit.bytes, expecting: [])
    return script
  }

  /// One message: MAIL, two RCPT, DATA, the header, the end of the header, the body, and the end.
  var message: Script {
    let script = Script()
    say(
      .mail([bytes("<sender@example.net>"), bytes("SIZE=\(bodySize)")]), to: script,
      macros: [
        ("i", "4QxYzT1Wqz9"), ("{mail_addr}", "sender@example.net"), ("{mail_mailer}", "smtp"),
      ])
    for name in ["first", "second"] {
      say(
        .rcpt([bytes("<\(name)@example.org>")]), to: script,
        macros: [("{rcpt_addr}", "\(name)@example.org"), ("{rcpt_mailer}", "local")])
    }
    say(.data, to: script, macros: [("i", "4QxYzT1Wqz9")])
    sayHeaders(to: script)
    sayBody(to: script)
    let end: [FilterReply] =
      mode == .rcpt
      ? [.continue] : [.addheader(name: bytes("X-Bench"), value: bytes("checked")), .accept]
    script.say(
      script.takePending() + macros(.endOfBody, [("i", "4QxYzT1Wqz9")])
        + MTACommand.endOfBody([]).bytes,
      expecting: end.flatMap(\.bytes))
    return script
  }

  private func negotiate(_ script: Script) {
    // The offer has neither skip nor large packets, so that only one answer is correct.
    let offer = MilterOptions(
      actions: .init(rawValue: 0x1FF), steps: MilterProtocolFlags.allNo.union(.allNr))
    let answer = MilterOptions(actions: .addhdrs, steps: mode.steps)
    script.say(
      MTACommand.negotiate(.init(options: offer)).bytes,
      expecting: FilterReply.negotiate(.init(options: answer)).bytes)
  }

  private func sayHeaders(to script: Script) {
    guard !mode.steps.contains(.nohdrs) else { return }
    var all: [MTACommand] = (1...max(1, headers)).map { number in
      .header(
        name: bytes("X-Header-\(number)"),
        value: bytes("a value of a usual length, sometimes folded\n\tonce, number \(number)"))
    }
    if blocks { all.insert(.header(name: bytes("X-Block"), value: bytes("now")), at: 0) }
    guard !mode.steps.contains(.noeoh) else {
      for header in all { say(header.bytes, to: script, hasReply: !mode.steps.contains(.nrHdr)) }
      return
    }
    let end = macros(.eoh, [("i", "4QxYzT1Wqz9")]) + MTACommand.eoh.bytes
    if mode.steps.contains(.nrHdr) {
      script.say(all.flatMap(\.bytes) + end, expecting: FilterReply.continue.bytes)
    } else {
      for header in all { script.say(header.bytes, expecting: FilterReply.continue.bytes) }
      script.say(end, expecting: FilterReply.continue.bytes)
    }
  }

  private func sayBody(to script: Script) {
    guard !mode.steps.contains(.nobody) else { return }
    let line = bytes("The quick brown fox jumps over the lazy dog, again and again and again.\r\n")
    let full = Array(repeatElement(line, count: Self.chunkSize / line.count + 1).joined())
    let chunks = bodySize / Self.chunkSize
    let hasReply = !mode.steps.contains(.nrBody)
    if chunks > 0, hasReply {
      script.say(
        MTACommand.body(Array(full.prefix(Self.chunkSize))).bytes,
        expecting: FilterReply.continue.bytes, times: chunks)
    } else if chunks > 0 {
      let chunk = MTACommand.body(Array(full.prefix(Self.chunkSize))).bytes
      for _ in 0..<chunks { say(chunk, to: script, hasReply: false) }
    }
    let rest = bodySize % Self.chunkSize
    if rest > 0 {
      say(MTACommand.body(Array(full.prefix(rest))).bytes, to: script, hasReply: hasReply)
    }
  }

  /// Adds a command that gets continue, with its macros, unless the filter leaves the step out.
  private func say(_ command: MTACommand, to script: Script, macros pairs: [(String, String)]) {
    let flag: MilterProtocolFlags =
      switch command.code {
      case .connect: .noconnect
      case .helo: .nohelo
      case .mail: .nomail
      case .rcpt: .norcpt
      case .data: .nodata
      default: []
      }
    guard mode.steps.isDisjoint(with: flag) else { return }
    let quiet: MilterProtocolFlags =
      switch command.code {
      case .mail: .nrMail
      case .rcpt: .nrRcpt
      default: []
      }
    say(
      macros(command.code, pairs) + command.bytes, to: script,
      hasReply: quiet.isEmpty || !mode.steps.contains(quiet))
  }

  /// Adds bytes that get continue, or that have no reply and wait for the next ones that do.
  private func say(_ bytes: [UInt8], to script: Script, hasReply: Bool) {
    guard hasReply else { return script.hold(bytes) }
    script.say(script.takePending() + bytes, expecting: FilterReply.continue.bytes)
  }

  private func macros(_ owner: MTACommandCode, _ pairs: [(String, String)]) -> [UInt8] {
    MTACommand.macro(owner.rawValue, pairs.map { MilterMacro($0, $1) }).bytes
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

import MilterMTA
import MilterTesting

/// A real MTA, its simulation, and the filter of both.
struct MTAPair {
  let kind: RealMTA.Kind
  let mta: RealMTA
  /// Where the filter listens.
  let socket: MilterSocket
  /// Adjusts the profile of the release to the settings of the real MTA.
  var adjust: (inout MTAProfile) -> Void = { _ in }

  // MARK: The real MTA

  /// Plays a session with the real MTA.
  func playReal(
    _ lines: [ClientLine], _ quits: Bool = true, _ record: inout SessionRecord
  ) throws {
    let client = try mta.connect()
    defer { client.close() }
    record.note(client.greeting)
    guard client.greeting.isPositive else { return _ = try? client.quit() }
    var isMailRefused = false
    for line in lines where !isMailRefused || line.stands {
      switch line {
      case .ehlo(let name): record.note(try client.ehlo(name))
      case .mail(let text):
        let reply = try client.command("MAIL FROM:" + Self.bracketed(text))
        isMailRefused = !reply.isPositive
        record.note(reply)
      case .rcpt(let text): record.note(try client.command("RCPT TO:" + Self.bracketed(text)))
      case .rset: record.note(try client.rset())
      case .unknown(let command):
        let reply = try client.command(command)
        // The MTA's own reply to an unknown command is not compared.
        record.note(reply.code == 500 ? SMTPReply(lines: ["250"]) : reply)
      case .message(let bytes):
        let data = try client.command("DATA")
        record.note(data)
        guard data.isPositive else { break }
        let end = try client.content(bytes)
        record.note(end)
        guard let id = end.queueID, try mta.queueIDs().contains(id) else { break }
        record.queue.append(Self.text(try mta.message(id)))
      }
      if record.replies.last?.hasPrefix("421") == true { return }
    }
    if quits { try client.quit() }
  }

  private static func bracketed(_ text: String) -> String {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    return "<\(words[0])>" + (words.count > 1 ? " \(words[1])" : "")
  }

  /// Returns a queued message as text for comparisons.
  static func text(_ message: QueuedMessage) -> String {
    let headers = message.headers.map { $0.name == "Received" ? "Received" : $0.description }
    let recipients = message.recipients.map { "\($0.address) \($0.notify.sorted())" }
    return text(
      headers, message.body, "\(message.sender) \(message.returnContent ?? "-")", recipients,
      message.isQuarantined)
  }

  private static func text(
    _ headers: [String], _ body: [UInt8], _ sender: String, _ recipients: [String],
    _ isQuarantined: Bool
  ) -> String {
    let shown = body.count < 2000 ? String(decoding: body, as: UTF8.self) : "\(body.hashValue)"
    return "\(headers)\n\(body.count) \(shown)\n\(sender) -> \(recipients)"
      + (isQuarantined ? " held" : "")
  }

  // MARK: The simulated MTA

  private var profile: MTAProfile {
    var profile = kind.release.profile
    let name = "\(kind.rawValue.lowercased()).example.org"
    profile.macros.values["j"] = name
    // The real MTA has the same timeouts; see `withMTA`.
    profile.commandTimeout = .seconds(120)
    profile.contentTimeout = .seconds(120)
    if kind == .postfix { profile.macros.values["{daemon_name}"] = name }
    profile.failureAction = .tempfail
    adjust(&profile)
    return profile
  }

  /// Plays a session with the simulated MTA.
  func playSimulated(_ lines: [ClientLine], _ record: inout SessionRecord) throws {
    let client = try TestMTA(profile, socket: socket.spec)
    let greeting = client.connect("localhost", .inet(address: "127.0.0.1", port: 1))
    record.note(greeting)
    guard greeting.reply.isEmpty else { return client.quit() }
    var isMailRefused = false
    for line in lines where !isMailRefused || line.stands {
      switch line {
      case .ehlo(let name): record.note(client.helo(name))
      case .mail(let text):
        let (address, arguments) = Self.split(text)
        let step = client.perform(.mail(.init(address, arguments)))
        isMailRefused = !step.reply.isEmpty
        record.note(step)
      case .rcpt(let text):
        let (address, arguments) = Self.split(text)
        var path = MTAEnvelope.Path(address, arguments)
        path.refusal = refusal(of: address)
        record.note(client.perform(.rcpt(path)))
      case .rset: record.note(client.rset())
      case .unknown(let command): record.note(client.unknown(command))
      case .message(let bytes):
        let data = client.perform(.data)
        record.note(data)
        guard data.reply.isEmpty else { break }
        let message = MTAMessage(eml: bytes)
        for header in message.headers { client.perform(.header(header)) }
        client.perform(.eoh)
        if !message.body.isEmpty { client.perform(.body(message.body)) }
        record.note(client.perform(.eom))
        if let outcome = client.outcome, outcome.verdict.isDelivered {
          record.queue.append(Self.text(outcome))
        }
      }
      if record.replies.last?.hasPrefix("421") == true { return client.quit() }
    }
    client.quit()
  }

  /// Plays a whole message with the simulated MTA, as `milter play` does.
  func playSimulated(whole message: [UInt8], _ record: inout SessionRecord) throws {
    let client = try TestMTA(profile, socket: socket.spec)
    var mail = MTAMail(
      MTAMessage(eml: message),
      MTAEnvelope(sender: .init("<sender@from.example>"), recipients: [.init("<rcpt@to.example>")]))
    mail.envelope.host = Array("localhost".utf8)
    mail.envelope.address = .inet(address: "127.0.0.1", port: 1)
    mail.envelope.helo = Array("client.example".utf8)
    let outcome = client.send(mail)
    record.replies = Array(repeating: "fine", count: 5)
    record.replies.append(outcome.reply.isEmpty ? "fine" : outcome.replyText)
    if outcome.verdict.isDelivered { record.queue.append(Self.text(outcome)) }
    client.quit()
  }

  /// Returns this MTA's reply to a recipient that it refuses; `nil` for another recipient.
  private func refusal(of address: String) -> [UInt8]? {
    guard address == "<nobody@rejected.example>" else { return nil }
    let text =
      kind == .postfix
      ? "<nobody@rejected.example>: Recipient address rejected: no such user"
      : "<nobody@rejected.example>... no such user"
    return Array("550 5.1.1 \(text)".utf8)
  }

  private static func split(_ text: String) -> (String, String) {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    return ("<\(words[0])>", words.count > 1 ? String(words[1]) : "")
  }

  /// Returns a message in the simulated queue as text for comparisons.
  static func text(_ outcome: MTAOutcome) -> String {
    // Parses the message again, as its recipient does: a line that is not a header field ends the header.
    let queued = MTAMessage(
      eml: MTAMessage(headers: outcome.queuedHeaders, body: outcome.result.message.body).bytes)
    let endsLine = outcome.result.message.body.last.map { $0 == 0x0A } ?? true
    let headers = queued.headers.map { header in
      let all = header.name + header.separator + header.value
      return header.isNamed("Received".utf8) ? "Received" : String(decoding: all, as: UTF8.self)
    }
    let envelope = outcome.result.envelope
    let recipients = envelope.recipients.map { path in
      let notify = path.arguments.map { String(decoding: $0, as: UTF8.self) }
        .first { $0.uppercased().hasPrefix("NOTIFY=") }
      let words = notify?.uppercased().dropFirst(7).split(separator: ",").map(String.init) ?? []
      return "\(String(decoding: path.bareAddress, as: UTF8.self)) \(words.sorted())"
    }
    let returns = envelope.sender.arguments.map { String(decoding: $0, as: UTF8.self) }
      .first { $0.hasPrefix("RET=") }?.dropFirst(4)
    let sender = String(decoding: envelope.sender.bareAddress, as: UTF8.self)
    return text(
      headers, (endsLine ? queued.body : queued.body.dropLast(2)).withoutCR,
      "\(sender) \(returns ?? "-")", recipients,
      outcome.verdict == .quarantine)
  }
}

extension SessionRecord {
  fileprivate mutating func note(_ reply: SMTPReply) {
    replies.append(reply.isPositive ? "fine" : reply.lines.joined(separator: "\n"))
  }

  fileprivate mutating func note(_ step: TestStep) { replies.append(step.replyText ?? "fine") }
}

extension [UInt8] {
  /// The bytes with LF instead of CR LF, as MTAs store them.
  fileprivate var withoutCR: [UInt8] {
    var result: [UInt8] = []
    for byte in self {
      if byte == 0x0A, result.last == 0x0D { result.removeLast() }
      result.append(byte)
    }
    return result
  }
}

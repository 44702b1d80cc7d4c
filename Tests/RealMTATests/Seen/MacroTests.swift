import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// The macros that MTAs send, by default and on request.
  @Suite struct MacroTests {
    /// The compared macros; the macros of TLS and SASL are never set here.
    private static let names = [
      "j", "_", "v", "i", "{daemon_name}", "{daemon_port}", "{if_name}", "{client_addr}",
      "{auth_authen}", "{tls_version}", "{mail_addr}", "{mail_host}", "{mail_mailer}",
      "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}", "{msg_id}",
    ]

    /// Sends one message, and returns the available macros for each callback.
    private func macros(
      _ kind: RealMTA.Kind, asking lists: [MilterStage: String]
    ) async throws -> (seen: [String], id: String, port: UInt16) {
      let macros = Journal()
      let play = Play { filter, callback in
        if callback == .negotiate {
          for (stage, list) in lists { try filter.setsymlist(stage, list) }
        }
        let values = Self.names.compactMap { name in
          filter.getsymval(name).map { " \(name)=\($0)" }
        }
        macros.note("\(callback)" + values.joined())
        return .continue
      }
      let (id, port) = try await withFilter(kind, play) { mta, _ in
        let client = try mta.connect(from: "127.0.0.9")
        try client.ehlo()
        let delivery = try client.send(message: Array("Message-Id: <1@x>\r\n\r\nx\r\n".utf8))
        try client.quit()
        return (try #require(delivery.queueID), mta.port)
      }
      // The filter has stopped, so the macros of close are also recorded.
      return (macros.all, id, port)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Requested macros are available from their stage on`(kind: RealMTA.Kind) async throws {
      let (seen, id, port) = try await macros(
        kind,
        asking: [
          .connect: "{client_addr} {daemon_port}", .helo: "",
          .envfrom: "i {mail_addr} {auth_authen}",
          .envrcpt: "{rcpt_addr}", .data: "i", .eoh: "v", .eom: "j",
        ])
      let client = " {daemon_port}=\(port) {client_addr}=127.0.0.9"
      // Postfix has no queue ID before it has accepted a recipient.
      let early = kind == .postfix ? "" : " i=\(id)"
      let mail = "\(client) {mail_addr}=sender@from.example"
      let recipient = "\(mail) {rcpt_addr}=rcpt@to.example"
      let version = " v=" + (kind == .postfix ? "Postfix 3." : "8.")
      #expect(
        Array(seen.dropLast(4)) == [
          "negotiate", "connect\(client)", "helo\(client)", "envfrom\(early)\(mail)",
          "envrcpt\(early)\(recipient)", "data i=\(id)\(recipient)", "header i=\(id)\(recipient)",
        ])
      let last = seen.suffix(4)
      for (line, start) in zip(
        last, ["eoh", "body", "eom j=\(kind.rawValue.lowercased()).example.org"])
      {
        #expect(line.hasPrefix("\(start)\(version)"))
        #expect(line.hasSuffix(" i=\(id)\(recipient)"))
      }
      // In close, all macros of the message are still available.
      #expect(last.last == last.dropLast().last.map { "close" + $0.dropFirst("eom".count) })
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Macros that are sent without a request`(kind: RealMTA.Kind) async throws {
      let (seen, id, _) = try await macros(kind, asking: [:])
      let connect: String
      let mail: String
      let recipient: String
      switch kind {
      case .postfix:
        connect = " {daemon_name}=postfix.example.org"
        mail = " {mail_addr}=sender@from.example {mail_host}=from.example {mail_mailer}=smtp"
        recipient = " {rcpt_addr}=rcpt@to.example {rcpt_host}=to.example {rcpt_mailer}=smtp"
        let first = " j=postfix.example.org _=unknown [127.0.0.9] v=Postfix"
        #expect(seen.dropFirst().dropLast().allSatisfy { $0.contains(first) })
      case .sendmail:
        connect = " {daemon_name}=MTA {if_name}=localhost"
        mail = " {mail_addr}=sender@from.example {mail_host}=from.example. {mail_mailer}=esmtp"
        recipient = " {rcpt_addr}=rcpt@to.example {rcpt_host}=to.example. {rcpt_mailer}=esmtp"
        let first = " j=sendmail.example.org _=[127.0.0.9]"
        #expect(seen.dropFirst().dropLast().allSatisfy { $0.contains(first) })
      }
      let early = kind == .postfix ? "" : " i=\(id)"
      let ends = [
        "negotiate", connect, connect, "\(early)\(connect)\(mail)",
        "\(early)\(connect)\(mail)\(recipient)",
      ]
      #expect(seen.count == 11)
      for (line, end) in zip(seen, ends) { #expect(line.hasSuffix(end)) }
      for line in seen.dropFirst(5).dropLast() {
        let id = kind == .sendmail && line.hasPrefix("eom") ? " {msg_id}=<1@x>" : ""
        #expect(line.hasSuffix("\(connect)\(mail)\(recipient)\(id)"))
      }
      #expect(seen.dropFirst(5).dropLast().allSatisfy { $0.contains(" i=\(id) ") })
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Sendmail sends nothing for an empty list`(kind: RealMTA.Kind) async throws {
      let lists = MilterStage.allCases.map { ($0, "") }
      let (seen, _, _) = try await macros(kind, asking: Dictionary(uniqueKeysWithValues: lists))
      let names = [
        "negotiate", "connect", "helo", "envfrom", "envrcpt", "data", "header", "eoh", "body",
        "eom", "close",
      ]
      switch kind {
      case .sendmail: #expect(seen == names)
      case .postfix:
        // Postfix ignores an empty list, and sends its default macros.
        #expect(seen.map { String($0.prefix { $0 != " " }) } == names)
        let connect = " j=postfix.example.org _=unknown [127.0.0.9] v=Postfix"
        #expect(seen.dropFirst().dropLast().allSatisfy { $0.contains(connect) })
      }
    }
  }
}

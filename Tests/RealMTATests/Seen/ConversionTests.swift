import MilterFilterFixtures
import MilterKit
import MilterMTA
import Testing

extension RealMTASuite {
  /// Postfix's settings that change mail before or after a filter, in the releases that have them.
  ///
  /// Older releases ignore the setting, with a warning in the log.
  @Suite(.requires(.postfix)) struct ConversionTests {
    private static let release = RealMTA.Kind.postfix.release

    private static func knows(_ feature: PostfixFeature) -> Bool {
      feature.isKnown(to: release.version)
    }

    /// Plays sessions with a Postfix with some lines in main.cf, and with a simulated one with the same
    /// settings.
    private func withSettings(
      _ feature: PostfixFeature, _ lines: [String], _ change: @escaping (inout MTAProfile) -> Void,
      _ body: (Simulation) throws -> Void
    ) async throws {
      var settings = RealMTA.Settings()
      settings.postfixLines = lines
      try await withSimulation(
        .postfix, settings, adjust: { if Self.knows(feature) { change(&$0) } }, body)
    }

    @Test func `8-bit content becomes quoted-printable since 3.9`() async throws {
      try await withSettings(
        .forcedConversion, ["force_mime_input_conversion = yes"],
        { $0.intake.encodesEightBit = true }
      ) { mta in
        for (index, message) in EightBitMessages.all.enumerated() {
          try mta.compareContent("message \(index)", message)
        }
      }
    }

    @Test func `A filter sees the converted content`() async throws {
      let recorder = Recorder()
      var settings = RealMTA.Settings()
      settings.postfixLines = ["force_mime_input_conversion = yes"]
      try await withFilter(.postfix, settings, making: { recorder.filter() }) { mta, _ in
        let sent = "Content-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\n\u{e4} = b\r\n"
        _ = try mta.queued(Array(sent.utf8))
      }
      let isConverted = Self.knows(.forcedConversion)
      let encoding = QueuedHeader(
        "Content-Transfer-Encoding", isConverted ? "quoted-printable" : "8bit")
      let subject = QueuedHeader("Subject", "x")
      #expect(recorder.headers == (isConverted ? [subject, encoding] : [encoding, subject]))
      #expect(recorder.body == Array((isConverted ? "=C3=A4 =3D b\r\n" : "\u{e4} = b\r\n").utf8))
    }

    @Test(arguments: ["fix_quietly", "add_header", "reject"])
    func `A header without an empty line after it is marked or refused since 3.11`(
      action: String
    ) async throws {
      try await withSettings(
        .endOfHeaderAction, ["non_empty_end_of_header_action = \(action)"],
        {
          $0.intake.unendedHeader =
            action == "reject" ? .refused : action == "add_header" ? .marked : .ended
        }
      ) { mta in
        for text in [
          "Subject: x\r\nno field\r\n", "Subject: x\r\nno field\r\n\r\nbody\r\n", "no field\r\n",
          "Subject: x\r\n\r\nno field\r\n", "Subject: x\r\n",
        ] { try mta.compareContent("\(action), \(text)", Array(text.utf8)) }
      }
    }

    @Test func `A filter's changes keep MIME-Error, and a new body drops it`() async throws {
      try await withSettings(
        .endOfHeaderAction, ["non_empty_end_of_header_action = add_header"],
        { $0.intake.unendedHeader = .marked }
      ) { mta in
        let changes: [(String, Change)] = [
          ("addheader", { try $0.addheader("X-New", "v") }),
          ("insheader", { try $0.insheader(9, "X-New", "v") }),
          ("chgheader", { try $0.chgheader("MIME-Error", 1, "new") }),
          ("deletion", { try $0.chgheader("MIME-Error", 1, nil) }),
          ("new body", { try $0.replacebody("new\r\n") }),
        ]
        for (name, change) in changes {
          try mta.compareContent(name, Array("Subject: x\r\nA: b\r\nno field\r\n".utf8)) {
            if $1 == .eom { try change($0) }
            return .continue
          }
        }
      }
    }

    @Test func `A client's REQUIRETLS reaches filters since 3.11`() async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let server = try Certificate("server", "/CN=mx.example.org", in: directory)
      let isKnown = Self.knows(.requireTLS)
      let seen = Journal()
      var settings = RealMTA.Settings()
      settings.postfixLines = [
        "smtpd_tls_security_level = may", "smtpd_tls_cert_file = \(server.file)",
        "smtpd_tls_key_file = \(server.key)",
      ]
      let filter = { @Sendable in
        ScriptedFilter { filter, callback in
          let isNoted = callback == .envfrom || callback == .header
          if isNoted { seen.note(filter.arguments.joined(separator: " ")) }
          return .continue
        }
      }
      try await withFilter(.postfix, settings, making: filter) { mta, _ in
        let plain = try mta.connect()
        #expect(try plain.ehlo().lines.contains { $0.hasSuffix("REQUIRETLS") } == false)
        #expect(try plain.mail(from: "sender@from.example", "REQUIRETLS").code == 555)
        try plain.quit()
        let client = try SMTPClient(
          program: "/usr/bin/openssl",
          [
            "s_client", "-quiet", "-starttls", "smtp", "-connect", "127.0.0.1:\(mta.port)",
          ], greets: false)
        #expect(try client.ehlo().lines.contains { $0.hasSuffix("REQUIRETLS") } == isKnown)
        let mail = try client.mail(from: "sender@from.example", "REQUIRETLS")
        #expect(mail.code == (isKnown ? 250 : 555))
        if isKnown {
          _ = try client.rcpt(to: "rcpt@to.example")
          _ = try client.command("DATA")
          #expect(try client.content(SmallMessage.bytes).code == 250)
        }
        try client.quit()
      }
      #expect(seen.all.first == (isKnown ? "<sender@from.example> REQUIRETLS" : nil))
      #expect(seen.all.last == (isKnown ? "Require-TLS-ESMTP yes" : nil))
      #expect(Self.release.profile.intake.recordsRequireTLS == isKnown)
    }

    @Test func `A reply filter changes a filter's replies since 3.11`() async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let table = try directory.write(
        """
        /^451 4\\.7\\.1(.*)/ 550 5.7.1$1
        /^550-5\\.7\\.1(.*)/ 450-4.7.1$1
        /^421 4\\.7\\.1(.*)/ 450 4.7.1$1
        /^554 5(.*)/ 250 2$1
        /^550 5\\.1\\.1(.*)/ 450 4.1.1$1

        """, to: "replies")
      try await withSettings(
        .rejectFilter, ["smtpd_reject_filter_maps = regexp:\(table)"],
        {
          $0.replies.filters = [
            .init("451 4.7.1", "550 5.7.1"), .init("550-5.7.1", "450-4.7.1"),
            .init("421 4.7.1", "450 4.7.1"), .init("554 5", "250 2"),
            .init("550 5.1.1", "450 4.1.1"),
          ]
        }
      ) { mta in
        let ehlo = ClientLine.ehlo("client.example")
        let lines =
          [ehlo]
          + ClientLine.message(
            SmallMessage.bytes, to: ["one@to.example", "nobody@rejected.example"])
        try mta.compare("none", lines)
        for callback: MilterCallback in [.envfrom, .envrcpt, .data, .header, .eom] {
          try mta.compare("tempfail in \(callback)", lines) { _, current in
            current == callback ? .tempfail : .continue
          }
          for code in ["421", "550", "554"] {
            try mta.compare("\(code) in \(callback)", lines) { filter, current in
              guard current == callback else { return .continue }
              let status = "\(code.prefix(1)).7.1"
              if code == "550" {
                try filter.setmlreply(code, status, ["one", "two"])
              } else {
                try filter.setreply(code, status, "no")
              }
              return code == "421" ? .tempfail : .reject
            }
          }
        }
      }
    }
  }
}

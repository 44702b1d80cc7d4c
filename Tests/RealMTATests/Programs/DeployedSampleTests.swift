import Foundation
import Testing

extension RealMTASuite {
  /// The samples for production, as programs.
  @Suite struct DeployedSampleTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Greylist defers mail, and recognizes a client after it was killed`(kind: RealMTA.Kind)
      async throws
    {
      let directory = try InstanceDirectory()
      let store = directory.path(of: "triplets")
      let (first, socket) = try SampleProcess.start("greylist", ["--store", store], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let client = try mta.connect(from: "127.0.0.2")
        try client.ehlo()
        let refused = try client.send(message: mail())
        #expect(
          refused.final.lines == ["451 4.7.1 Greylisted, please try again in 300 seconds"])
        try client.quit()
        try first.kill()

        // The filter writes a new triplet with the time 0. So the time in the last line shows that this
        // filter read the triplet from the file.
        let second = try SampleProcess(
          "greylist", ["--socket", socket.spec, "--store", store, "--delay", "0"], in: directory,
          log: "second")
        let again = try mta.connect(from: "127.0.0.3")
        try again.ehlo()
        #expect(try again.send(message: mail()).queueID != nil)
        try again.quit()
        #expect(try second.terminate() == 0)
        let lines = String(decoding: try directory.read("triplets"), as: UTF8.self)
          .split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.count == 2)
        #expect(lines.first?[1] == "0")
        #expect(lines.last?[1] != "0")
        #expect(lines.last?[2] == "127.0.0.0/24")
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Fromalign explains in several lines`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let (filter, socket) = try SampleProcess.start("fromalign", in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        _ = try mta.queued(mail())
        let refused = try mta.deliver(mail(), from: "other@else.example").final
        #expect(
          refused.lines == [
            "550-5.7.1 The From header names sender@from.example,",
            "550-5.7.1 but the envelope sender is <other@else.example>.",
            "550 5.7.1 Please correct the sender, or ask your postmaster to allow this one.",
          ])
      }
      #expect(try filter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Disclaimer appends to both forms of a text`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let text = try directory.write("ACME GmbH, München\n", to: "footer")
      let (filter, socket) = try SampleProcess.start("disclaimer", ["--text", text], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let plain = try mta.queued(
          mail(
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=iso-8859-1",
            "Content-Transfer-Encoding: 7bit", body: "Hello\n"))
        #expect(String(decoding: plain.body, as: UTF8.self) == "Hello\n\nACME GmbH, M=FCnchen\n")
        #expect(plain.values(of: "Content-Transfer-Encoding") == ["quoted-printable"])
        #expect(plain.values(of: "X-Disclaimer") == ["added"])

        let parts = { (text: String, html: String) in
          "--a\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            + text + "\n--a\nContent-Type: text/html; charset=us-ascii\n\n" + html + "\n--a--\n"
        }
        let mixed = try mta.queued(
          mail(
            "MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=a",
            body: parts("SGVsbG8=", "<body>Hi</body>")))
        #expect(
          String(decoding: mixed.body, as: UTF8.self)
            == parts(
              "SGVsbG8NCg0KQUNNRSBHbWJILCBNw7xuY2hlbg0K\n",
              "<body>Hi<p>ACME GmbH, M&#252;nchen</p></body>"))

        let signed = try mta.queued(mail("DKIM-Signature: v=1; none"))
        #expect(signed.values(of: "X-Disclaimer") == ["left alone, it has a DKIM signature"])
        #expect(signed.body == Array("Hello\n".utf8))
      }
      #expect(try filter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Disarm replaces an executable attachment`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let (filter, socket) = try SampleProcess.start("disarm", in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let parts = { (file: String) in
          "one\n--a\n\nHello\n--a\n\(file)\n--a--\ntwo\n"
        }
        let type = ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=a"]
        let file = "Content-Disposition: attachment; filename=a.exe\n\nMZ"
        let message = try mta.queued(mail(type[0], type[1], "X-Disarmed: 7", body: parts(file)))
        #expect(message.values(of: "X-Disarmed") == ["1"])
        #expect(
          String(decoding: message.body, as: UTF8.self)
            == parts(
              "Content-Type: text/plain; charset=us-ascii\n\n"
                + "The attachment \"a.exe\" was removed: it is executable.\n"))

        let refused = try mta.deliver(mail(type[0], type[1], "Content-Type: text/plain")).final
        #expect(
          refused.description.hasPrefix("550 5.7.1 The message may have executable attachments: "))
      }
      #expect(try filter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Rewrite changes envelopes, with new rules after SIGHUP`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let map = try directory.write(
        """
        chgfrom @from.example @public.example
        addrcpt a@to.example c@to.example
        delrcpt b@to.example
        """, to: "map")
      let (filter, socket) = try SampleProcess.start("rewrite", ["--map", map], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        let message = try mta.queued(mail(), to: ["a@to.example", "b@to.example"])
        #expect(message.sender == "sender@public.example")
        #expect(message.addresses.sorted() == ["a@to.example", "c@to.example"])

        try directory.write("chgfrom * <>\n", to: "map")
        try filter.reload()
        let next = try mta.queued(mail(), to: ["b@to.example"])
        #expect(next.sender == "")
        #expect(next.addresses == ["b@to.example"])

        try directory.write("nonsense\n", to: "map")
        Glibc.kill(filter.pid, SIGHUP)
        try wait(for: "the complaint") {
          filter.log.contains("map:1: nonsense: not one of")
        }
        #expect(try mta.queued(mail(), to: ["b@to.example"]).sender == "")
      }
      #expect(try filter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Ratelimit defers a user who has sent enough`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let (filter, socket) = try SampleProcess.start(
        "ratelimit", ["--count", "2", "--period", "604800"], in: directory)
      var settings = RealMTA.Settings(filters: [socket.spec])
      // No password is needed: Postfix gets the login name from XCLIENT, Sendmail from its configuration.
      settings.postfixLines = ["smtpd_authorized_xclient_hosts = 127.0.0.0/8"]
      settings.sendmailLines = ["LOCAL_CONFIG", "D{auth_authen}joe"]
      try await withMTA(kind, settings) { mta in
        let client = try mta.connect()
        try client.ehlo()
        if kind == .postfix {
          #expect(try client.command("XCLIENT LOGIN=joe").isPositive)
          try client.ehlo()
        }
        let start = ContinuousClock.now
        for _ in 1...2 { #expect(try client.send(message: mail()).queueID != nil) }
        let refused = try client.send(message: mail()).final
        #expect(refused.lines.count == 1)
        // Sendmail inserts the sender before the text.
        let text = "You may send 2 messages in 604800 seconds; try again in "
        #expect(refused.description.hasPrefix("450 4.7.1 "))
        let parts = refused.description.split(separator: text)
        #expect(parts.count == 2)
        // The wait is half of the period, minus the time since the first message.
        let passed = start.duration(to: .now).components.seconds
        let wait = parts.last?.split(separator: " seconds").first.flatMap { Int64($0) }
        #expect(wait.map { (302_399 - passed...302_400).contains($0) } == true, "\(refused)")
        try client.quit()
      }
      #expect(try filter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Blocklist refuses a client that lists have`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let lists = try FakeDNSServer { name in
        name == "7.0.0.127.bl.example" ? .addresses([[127, 0, 0, 2]], seconds: 300) : .code(3)
      }
      let (filter, socket) = try SampleProcess.start(
        "blocklist",
        [
          "--lists", "bl.example,other.example", "--resolver", "127.0.0.1:\(lists.port)",
          "--lookup-timeout", "60",
        ], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        #expect(try mta.queued(mail()).fields == [])
        let client = try mta.connect(from: "127.0.0.7")
        try client.ehlo()
        let reply = try client.mail(from: "a@from.example")
        #expect(reply.description.hasPrefix("550 5.7.1 "))
        #expect(reply.description.hasSuffix("The client [127.0.0.7] is listed by bl.example"))
        try client.quit()
      }
      // 127.0.0.1, the client of the first message, is exempt, so the filter asks no list about it.
      #expect(Set(lists.questions) == ["7.0.0.127.bl.example", "7.0.0.127.other.example"])
      #expect(try filter.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Journal keeps messages unchanged, with their envelope`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      let maildir = directory.path(of: "maildir")
      let (filter, socket) = try SampleProcess.start(
        "journal", ["--maildir", maildir], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        _ = try mta.queued(
          mail("X-A:a", "X-B:\n <b@from.example>", "X-C:", "X-D:  d", "X-E:\te"),
          to: ["a@to.example", "b@to.example NOTIFY=NEVER"])
        let client = try mta.connect()
        try client.ehlo()
        _ = try client.mail(from: "gone@from.example")
        try client.quit()
      }
      #expect(try filter.terminate() == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: maildir + "/new")
      let text = String(
        decoding: try directory.read("maildir/new/\(try #require(names.first))"), as: UTF8.self)
      #expect(names.count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: maildir + "/tmp").isEmpty)
      #expect(
        text
          == """
          Return-Path: <sender@from.example>
          X-Envelope-Client: localhost (127.0.0.1)
          X-Envelope-From: <sender@from.example>
          X-Envelope-To: <a@to.example>
          X-Envelope-To: <b@to.example> NOTIFY=NEVER
          Date: Sat, 21 Nov 2026 14:00:00 +0000
          From: <sender@from.example>
          Message-Id: <1@from.example>
          X-A:a
          X-B:
           <b@from.example>
          X-C:
          X-D:  d
          X-E:\te

          Hello

          """.replacing("\n", with: "\r\n"))
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Clamd refuses what a real clamd finds, and follows its fallback without one`(
      kind: RealMTA.Kind
    )
      async throws
    {
      let directory = try InstanceDirectory()
      let clamd = try RunningClamd()
      let (careful, socket) = try SampleProcess.start(
        "clamd", ["--clamd", clamd.socket], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [socket.spec])) { mta in
        #expect(try mta.queued(mail()).fields == ["X-Virus-Status: Clean"])
        let refused = try mta.deliver(mail(body: "\(RunningClamd.bytes)\n")).final
        #expect(refused.lines == ["550 5.7.1 Virus found: \(RunningClamd.virus)"])
        clamd.stop()
        let late = try mta.deliver(mail()).final
        #expect(
          late.lines == ["451 4.7.1 The virus scanner cannot be reached, please try again later"])
      }
      #expect(try careful.terminate() == 0)

      let (open, other) = try SampleProcess.start(
        "clamd", ["--clamd", clamd.socket, "--fallback", "accept"], in: directory)
      try await withMTA(kind, RealMTA.Settings(filters: [other.spec])) { mta in
        let message = try mta.queued(mail())
        #expect(message.fields == ["X-Virus-Status: Not scanned"])
      }
      #expect(try open.terminate() == 0)
    }
  }
}

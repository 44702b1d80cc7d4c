import Testing

extension RealMTASuite {
  /// `milter chain`: independent filters behind one socket.
  @Suite struct ChainProgramTests {
    private let directory: InstanceDirectory

    init() throws { directory = try InstanceDirectory() }

    /// Starts `milter chain` with some members.
    private func chain(
      _ members: [String], log: String = "chain"
    ) throws -> (program: SampleProcess, spec: String) {
      let spec = MilterSocket.inet(port: try directory.reservePort()).spec
      let file = try write(members, socket: spec)
      return (
        try SampleProcess("milter", ["chain", "--config", file], in: directory, log: log), spec
      )
    }

    @discardableResult
    private func write(_ members: [String], socket: String) throws -> String {
      let lines = ["socket = \(socket)", "log-level = info"] + members.map { "member = \($0)" }
      return try directory.write(lines.joined(separator: "\n") + "\n", to: "chain.conf")
    }

    private func stamp(_ name: String) throws -> (program: SampleProcess, spec: String) {
      let spec = MilterSocket.inet(port: try directory.reservePort()).spec
      return (try SampleProcess("stamp", ["--socket", spec], in: directory, log: name), spec)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A reload drops no message in progress`(kind: RealMTA.Kind) async throws {
      let (one, two) = (try stamp("one"), try stamp("two"))
      let (chain, spec) = try chain(["one \(one.spec)"])
      try await withMTA(kind, RealMTA.Settings(filters: [spec])) { mta in
        func stamps(_ id: String?) throws -> Int {
          try mta.message(try #require(id)).values(of: "X-Stamp").count
        }
        let early = try mta.connect()
        try early.ehlo()
        #expect(try early.mail(from: "sender@from.example").isPositive)
        #expect(try early.rcpt(to: "rcpt@to.example").isPositive)

        try write(["one \(one.spec)", "two \(two.spec)"], socket: spec)
        try chain.reload()
        let late = try mta.connect()
        try late.ehlo()
        #expect(try stamps(late.send(message: mail()).queueID) == 2)
        try late.quit()

        // A connection that was open before the reload keeps its members.
        let before = Set(try mta.queueIDs())
        #expect(try early.command("DATA").isPositive)
        #expect(try early.content(mail()).isPositive)
        try early.quit()
        let new = Set(try mta.queueIDs()).subtracting(before)
        #expect(try stamps(new.first) == 1)
      }
      #expect(chain.log.contains(": one[0]: eom: continue; addheader"))
      #expect(chain.log.contains(": two[1]: eom: continue; addheader"))
      #expect(try chain.terminate() == 0)
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Mail passes, or is deferred, while a member is away, and the log names it`(
      kind: RealMTA.Kind
    ) async throws {
      let member = try stamp("stamp")
      let (chain, spec) = try chain([
        "optional \(member.spec) on-failure=accept", "needed \(member.spec)",
      ])
      try await withMTA(kind, RealMTA.Settings(filters: [spec])) { mta in
        #expect(try mta.queued(mail()).values(of: "X-Stamp").count == 2)
        #expect(try member.program.terminate() == 0)
        #expect(try mta.deliver(mail()).final.code / 100 == 4)
        let again = try SampleProcess(
          "stamp", ["--socket", member.spec], in: directory, log: "again")
        #expect(try mta.queued(mail()).values(of: "X-Stamp").count == 2)
        #expect(try again.terminate() == 0)
      }
      #expect(chain.log.contains(": optional[0] has failed, mail passes without it: "))
      #expect(chain.log.contains(": needed[1] has failed, tempfail is answered: "))
      #expect(try chain.terminate() == 0)
    }

    @Test(.needs(files: Signer.files, for: "OpenDKIM"), arguments: RealMTA.Kind.allCases)
    func `OpenDKIM signs the message that a disclaimer has changed`(kind: RealMTA.Kind) async throws
    {
      let text = try directory.write("ACME GmbH\n", to: "footer")
      let (disclaimer, first) = try SampleProcess.start(
        "disclaimer", ["--text", text], in: directory)
      let opendkim = try Signer(in: directory)
      let (chain, spec) = try chain([
        "disclaimer \(first.spec)", "opendkim \(opendkim.spec) clients=127.0.0.0/8",
      ])
      try await withMTA(kind, RealMTA.Settings(filters: [spec])) { mta in
        for number in 1...2 {
          let message = try mta.queued(
            mail("Subject: \(number)", "MIME-Version: 1.0", "Content-Type: text/plain"))
          #expect(String(decoding: message.body, as: UTF8.self) == "Hello\n\nACME GmbH\n")
          #expect(message.values(of: "X-Disclaimer") == ["added"])
          #expect(message.values(of: "DKIM-Signature").count == 1)
          let header = message.headers.map { "\($0)\n" }.joined()
          let queued = Array("\(header)\n".utf8).withCRLF + message.wireBody
          #expect(try opendkim.isValid(queued))
          #expect(try !opendkim.isValid(queued + Array("one line more\r\n".utf8)))
        }
      }
      #expect(try chain.terminate() == 0)
      #expect(try disclaimer.terminate() == 0)
    }

    @Test(.needsRspamd, arguments: RealMTA.Kind.allCases)
    func `rspamd judges the message as the members before it have changed it`(kind: RealMTA.Kind)
      async throws
    {
      let member = try stamp("stamp")
      let rspamd = try RunningRspamd()
      let (chain, spec) = try chain(["stamp \(member.spec)", "rspamd \(rspamd.socket)"])
      try await withMTA(kind, RealMTA.Settings(filters: [spec])) { mta in
        let client = try mta.connect()
        try client.ehlo()
        // Several messages on one connection, one of them refused.
        for pattern in ["", "YJS", "XJS", "YJS", ""] {
          let body = pattern.isEmpty ? "Hello\n" : pattern + RunningRspamd.pattern
          let sent = try client.send(message: mail("Subject: x", body: body))
          if pattern == "XJS" {
            #expect(sent.final.lines == ["554 5.7.1 Gtube pattern"], "pattern \(pattern)")
            continue
          }
          let message = try mta.message(
            try #require(sent.queueID, "pattern \(pattern): \(sent.final)"))
          #expect(message.values(of: "X-Stamp").count == 1, "pattern \(pattern)")
          #expect(
            message.values(of: "X-Spam") == (pattern.isEmpty ? [] : ["Yes"]), "pattern \(pattern)")
        }
        try client.quit()
      }
      #expect(chain.log.contains(": rspamd[1] has decided: eom: reject"))
      #expect(try chain.terminate() == 0)
    }
  }
}

import MilterFilterFixtures
import MilterKit
import MilterMTA
import MilterTesting
import Testing

extension RealMTASuite {
  /// Mail from local programs, for which Postfix has a filter list of its own.
  @Suite(.requires(.postfix)) struct SubmissionTests {
    @Test
    func `A local submission looks like a session`() throws {
      let macros = Journal()
      let play = Play { filter, callback in
        guard callback == .eom else { return .continue }
        for name in ["i", "{mail_addr}", "{rcpt_addr}", "{auth_authen}", "{client_addr}"] {
          macros.note("\(name)=\(filter.getsymval(name) ?? "-")")
        }
        try filter.addheader("X-Filtered", "yes")
        return .accept
      }
      try withLocalFilter(play) { postfix in
        let text = SmallMessage.bytes.filter { $0 != 0x0d }
        let id = try postfix.submitLocally(text, to: ["one@to.example", "two@to.example"])
        let message = try postfix.message(id)
        #expect(message.values(of: "X-Filtered") == ["yes"])
        #expect(message.values(of: "Subject") == ["small"])
        #expect(message.wireBody == SmallMessage.body)
        #expect(message.addresses == ["one@to.example", "two@to.example"])
        // Postfix passes the addresses of local submissions without angle brackets.
        let header = SmallMessage.headers.map { "header \($0.name) \($0.value)" }
        let lines = try play.lines()
        #expect(
          lines == [
            "negotiate", "connect localhost 127.0.0.1:0", "helo localhost",
            "envfrom sender@from.example", "envrcpt one@to.example", "envrcpt two@to.example",
            "data",
          ] + header + ["eoh", "body 16", "eom", "close"])
        #expect(
          macros.all == [
            "i=\(id)", "{mail_addr}=sender@from.example", "{rcpt_addr}=two@to.example",
            "{auth_authen}=-", "{client_addr}=-",
          ])
      }
    }

    @Test
    func `A refused submission is bounced, a discarded one disappears`() throws {
      let play = Play()
      try withLocalFilter(play) { mta in
        let postfix = try #require(mta.instance as? PostfixInstance)
        var bounces = 0
        for callback in [MilterCallback.header, .body, .eom] {
          for status in [MilterStatus.reject, .discard] {
            play.set(status, in: callback) {
              if status == .reject { try $0.setreply("554", "5.7.9", "not \(callback)") }
            }
            try postfix.submitWithoutWaiting(SmallMessage.bytes.filter { $0 != 0x0d })
            #expect(
              try play.callbacks() == VerdictTests.session(upTo: callback),
              "\(status) in \(callback)")
            try wait(for: "the end of a local submission") {
              try postfix.hasPickedUpEverything()
            }
            if status == .reject { bounces += 1 }
            let queue = try mta.queue()
            #expect(queue.count == bounces, "\(status) in \(callback)")
            #expect(
              queue.allSatisfy { $0.sender == "" && $0.addresses == ["sender@from.example"] },
              "\(status) in \(callback)")
            guard status == .reject else { continue }
            let texts = queue.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(
              texts.filter { $0.contains("Status: 5.7.9") }.count == bounces,
              "\(status) in \(callback)")
            #expect(
              texts.filter { $0.contains("not \(callback)") }.count == 1, "\(status) in \(callback)"
            )
          }
        }
      }
    }

    @Test
    func `The simulated submission is the same`() throws {
      let play = Play()
      try withLocalFilter(play) { postfix, server in
        let pair = MTAPair(kind: .postfix, mta: postfix, socket: server.socket)
        try Simulation(pair: pair, server: server, play: play).compare(
          "a submission",
          real: { record in
            let text = SmallMessage.bytes.filter { $0 != 0x0d }
            let id = try postfix.submitLocally(text, to: ["one@to.example", "two@to.example"])
            record.queue = [MTAPair.text(try postfix.message(id))]
          },
          simulated: { record in
            var profile = RealMTA.Kind.postfix.release.submissionProfile
            profile.macros.values["j"] = "postfix.example.org"
            profile.macros.values["{daemon_name}"] = "postfix.example.org"
            let client = try TestMTA(profile, socket: server.socket.spec)
            var message = MTAMail(MTAMessage(eml: SmallMessage.bytes))
            message.client("localhost", .inet(address: "127.0.0.1", port: 0))
            message.envelope.sender = .init("sender@from.example")
            message.envelope.recipients = [.init("one@to.example"), .init("two@to.example")]
            record.queue = [MTAPair.text(client.send(message))]
            client.quit()
          }
        ) { filter, callback in
          if callback == .eom { try filter.addheader("X-Filtered", "yes") }
          return .continue
        }
      }
    }

    private func withLocalFilter(_ play: Play, _ body: (RealMTA) throws -> Void) throws {
      try withLocalFilter(play) { postfix, _ in try body(postfix) }
    }

    private func withLocalFilter(
      _ play: Play, _ body: (RealMTA, FilterServer) throws -> Void
    ) throws {
      let server = try FilterServer(configure: { $0.log.level = .debug }) { play.makeFilter() }
      defer { server.stop() }
      var settings = RealMTA.Settings()
      settings.localFilters = [server.socket.spec]
      let postfix = try RealMTA(.postfix, settings.patient)
      try StartedMTAs.note(.postfix)
      defer { postfix.stop() }
      try body(postfix, server)
      #expect(server.complaints == [])
    }
  }
}

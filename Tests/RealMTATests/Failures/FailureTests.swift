import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// Filters that are not running.
  @Suite struct FailureTests {
    @Test(arguments: RealMTA.Kind.allCases, [true, false])
    func `A filter that does not run`(kind: RealMTA.Kind, tempfails: Bool) async throws {
      let port = try ReservedPort()
      defer { withExtendedLifetime(port) {} }
      var settings = RealMTA.Settings()
      settings.filters = ["inet:\(port.number)@127.0.0.1"]
      settings.tempfailsOnFilterFailure = tempfails
      try await withMTA(kind, settings) { mta in
        let outcome = try mta.offer()
        if tempfails {
          #expect(outcome == Outcome(.mail, [kind.temporaryFailure]))
          #expect(try mta.queueIDs() == [])
        } else {
          #expect(outcome.step == .end && outcome.lines.first?.hasPrefix("250 ") == true)
          #expect(try mta.queueIDs().count == 1)
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `The shutdown lines of milter config disconnect the client`(
      kind: RealMTA.Kind
    ) async throws {
      let port = try ReservedPort()
      defer { withExtendedLifetime(port) {} }
      var wish = MTALineWish(try MTASocket("inet:\(port.number)@127.0.0.1"), name: "away")
      wish.defaultAction = .shutdown
      var settings = RealMTA.Settings()
      settings.postfixLines = wish.postfix(queueDirectory: "/")
      settings.sendmailLines = [wish.sendmail + "dnl"]
      try await withMTA(kind, settings) { mta in
        let client = try mta.connect()
        let outcome = try client.offer()
        #expect(outcome == kind.release.shutdown)
        let isClosed = outcome.lines[0].hasPrefix("421 ")
        #expect(isClosed ? client.isClosedByServer() : try client.quit().code == 221)
        let queue = try mta.queueIDs()
        #expect(queue == [])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases, [true, false])
    func `A filter that exits during a message`(kind: RealMTA.Kind, tempfails: Bool) async throws {
      var settings = RealMTA.Settings()
      settings.tempfailsOnFilterFailure = tempfails
      let play = Play()
      try await withFilter(kind, play, settings) { mta, server in
        let client = try mta.connect()
        try client.ehlo()
        #expect(try client.mail(from: "sender@from.example").code == 250)
        #expect(try client.rcpt(to: "one@to.example").code == 250)
        server.kill()
        #expect(
          try play.callbacks()
            == [.negotiate, .connect, .helo, .envfrom, .envrcpt, .abort, .close])
        let next = try client.rcpt(to: "two@to.example")
        let data = try client.command("DATA")
        if tempfails {
          #expect(next.lines == [kind.temporaryFailure])
          #expect(data.lines == [kind.temporaryFailure])
          #expect(try mta.queueIDs() == [])
        } else {
          #expect(next.code == 250)
          let end = try client.content(SmallMessage.bytes)
          let message = try mta.message(try #require(end.queueID))
          #expect(message.addresses.sorted() == ["one@to.example", "two@to.example"])
          #expect(message.wireBody == SmallMessage.body)
        }
        try client.quit()
      }
    }
  }
}

extension RealMTA.Kind {
  /// Returns the reply to a client when the filter fails and the MTA must tempfail.
  var temporaryFailure: String {
    switch self {
    case .postfix: "451 4.7.1 Service unavailable - try again later"
    case .sendmail: "451 4.3.2 Please try again later"
    }
  }
}

import MilterFilterFixtures
import MilterKit
import Testing

/// A filter that does not get DATA, so that a header follows the command before it.
private final class CommandFilter: Milter {
  private let journal: Journal

  init(_ journal: Journal) { self.journal = journal }

  required init() { journal = Journal() }

  override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    journal.note("envrcpt")
    return .continue
  }

  override func unknown(_ command: String) throws -> Status {
    journal.note("unknown")
    return .continue
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    journal.note("header \(name)")
    return .continue
  }

  override func eom() throws -> Status {
    journal.note("eom")
    try addheader("X-Filtered", "yes")
    return .continue
  }

  override func abort() { journal.note("abort") }
}

/// A filter that discards the message at an unknown command.
private final class UnknownDiscarder: Milter {
  override func unknown(_ command: String) throws -> Status { .discard }
}

extension RealMTASuite {
  /// Unknown SMTP commands at any point of a session.
  @Suite struct UnknownCommandTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `A message continues after an unknown command`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        let client = try mta.connect()
        #expect(try client.command("FROB 1").code == 500)
        try client.ehlo()
        #expect(try client.command("FROB 2").code == 500)
        _ = try client.mail(from: "sender@from.example")
        #expect(try client.command("FROB 3").code == 500)
        _ = try client.rcpt(to: "rcpt@to.example")
        #expect(try client.command("FROB 4").code == 500)
        _ = try client.rcpt(to: "other@to.example")
        #expect(try client.command("FROB 5").code == 500)
        _ = try client.command("DATA")
        let end = try client.content(SmallMessage.bytes)
        #expect(try client.command("FROB 6").code == 500)
        try client.quit()
        let message = try mta.message(try #require(end.queueID))
        #expect(message.addresses == ["rcpt@to.example", "other@to.example"])
        // Sendmail sends a filter no unknown command between its verdict and the next message.
        let command = { (number: Int) in
          kind.release.showsUnknownArguments ? "unknown FROB \(number)" : "unknown FROB"
        }
        let header = SmallMessage.headers.map { "header \($0.name) \($0.value)" }
        let late = kind == .postfix ? [command(6), "abort"] : []
        #expect(
          Array(try play.lines().dropFirst(2)) == [
            command(1), "helo client.example", command(2), "envfrom <sender@from.example>",
            command(3), "envrcpt <rcpt@to.example>", command(4), "envrcpt <other@to.example>",
            command(5), "data",
          ] + header + ["eoh", "body 16", "eom"] + late + ["close"])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A message continues even if its next step is part of the content`(kind: RealMTA.Kind)
      async throws
    {
      let journal = Journal()
      try await withFilter(kind, making: { CommandFilter(journal) }) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        _ = try client.mail(from: "sender@from.example")
        _ = try client.rcpt(to: "rcpt@to.example")
        #expect(try client.command("FROB").code == 500)
        _ = try client.command("DATA")
        let end = try client.content(SmallMessage.bytes)
        let message = try mta.message(try #require(end.queueID))
        #expect(message.values(of: "X-Filtered") == ["yes"])
        let header = SmallMessage.headers.map { "header \($0.name)" }
        #expect(journal.all == ["envrcpt", "unknown"] + header + ["eom"])
        try client.quit()
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A refusal of an unknown command is the client's reply`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        for status in [MilterStatus.reject, .tempfail] {
          for text in ReplyTests.Text.allCases {
            let digit = status == .reject ? 5 : 4
            play.set(status, in: .unknown) { try text.set(in: $0, class: digit) }
            let before = try mta.queueIDs().count
            let client = try mta.connect()
            try client.ehlo()
            _ = try client.mail(from: "sender@from.example")
            _ = try client.rcpt(to: "rcpt@to.example")
            let own =
              switch (status, kind) {
              case (.reject, _) where !kind.release.takesUnknownRejects:
                "500 5.5.2 Error: command not recognized"
              case (.reject, _): "550 5.7.1 Command rejected"
              case (_, .postfix): "451 4.7.1 Service unavailable - try again later"
              case (_, .sendmail): "451 4.3.2 Please try again later"
              }
            let isIgnored = status == .reject && !kind.release.takesUnknownRejects
            let lines = isIgnored ? [] : text.lines(class: digit)
            #expect(
              try client.command("FROB").lines == (lines.isEmpty ? [own] : lines),
              "\(status), \(text)")
            // The verdict applies only to the unknown command, so the message is accepted.
            _ = try client.command("DATA")
            #expect(try client.content(SmallMessage.bytes).code == 250, "\(status), \(text)")
            try client.quit()
            #expect(
              try play.callbacks().suffix(4) == [.eoh, .body, .eom, .close], "\(status), \(text)")
            #expect(try mta.queueIDs().count == before + 1, "\(status), \(text)")
          }
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `After a discard that Postfix ignores, the later members of a chain get the message`(
      kind: RealMTA.Kind
    ) async throws {
      let journal = Journal()
      try await withFilter(
        kind,
        making: {
          MilterChain {
            UnknownDiscarder()
            CommandFilter(journal)
          }
        }
      ) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        _ = try client.mail(from: "sender@from.example")
        _ = try client.rcpt(to: "rcpt@to.example")
        #expect(try client.command("FROB").code == 500)
        _ = try client.command("DATA")
        let end = try client.content(SmallMessage.bytes)
        #expect(end.code == 250)
        try client.quit()
        if kind.release.takesUnknownRejects {
          #expect(try mta.queueIDs() == [])
          #expect(!journal.all.contains("eom"))
        } else {
          let message = try mta.message(try #require(end.queueID))
          #expect(message.values(of: "X-Filtered") == ["yes"])
        }
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Accept and discard affect the message in progress`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        var queued = 0
        for status in [MilterStatus.accept, .discard] {
          play.set(status, in: .unknown)
          let client = try mta.connect()
          try client.ehlo()
          _ = try client.mail(from: "sender@from.example")
          _ = try client.rcpt(to: "rcpt@to.example")
          #expect(try client.command("FROB").code == 500, "\(status)")
          #expect(try client.rcpt(to: "other@to.example").code == 250, "\(status)")
          _ = try client.command("DATA")
          #expect(try client.content(SmallMessage.bytes).code == 250, "\(status)")
          let rest: [MilterCallback] = status == .accept ? [.close] : [.abort, .close]
          try client.quit()
          #expect(
            try play.callbacks()
              == [.negotiate, .connect, .helo, .envfrom, .envrcpt, .unknown] + rest, "\(status)")
          let isQueued = status == .accept || !kind.release.takesUnknownRejects
          queued += isQueued ? 1 : 0
          #expect(try mta.queueIDs().count == queued, "\(status)")
        }
      }
    }
  }
}

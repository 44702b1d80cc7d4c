import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// Several messages on one connection, with other commands between them.
  @Suite struct SessionTests {
    @Test(arguments: RealMTA.Kind.allCases)
    func `Messages on one connection are independent`(kind: RealMTA.Kind) async throws {
      let play = Play()
      let macros = Journal()
      play.set { filter, callback in
        if callback == .eom || callback == .abort {
          let values = ["i", "{mail_addr}", "{rcpt_addr}"].map { filter.getsymval($0) ?? "-" }
          macros.note("\(callback) " + values.joined(separator: " "))
        }
        return .continue
      }
      try await withFilter(kind, play) { mta, _ in
        let client = try mta.connect()
        try client.ehlo("one.example")
        let first = try client.send(
          message: Array("Subject: 1\r\nX-One: 1\r\n\r\nfirst\r\n".utf8), from: "a@from.example",
          to: ["b@to.example", "c@to.example"])
        #expect(try client.mail(from: "given@up.example").code == 250)
        #expect(try client.rcpt(to: "never@to.example").code == 250)
        #expect(try client.rset().code == 250)
        let second = try client.send(
          message: Array("Subject: 2\r\n\r\n".utf8), from: "", to: ["d@to.example"])
        #expect(try client.ehlo("two.example").code == 250)
        let third = try client.send(
          message: Array("X-Three: 3\r\n\r\nthird\r\n".utf8), from: "e@from.example",
          to: ["f@to.example"])
        try client.quit()

        let ids = try [first, second, third].map { try #require($0.queueID) }
        let lines = try play.lines()
        #expect(lines[1].hasPrefix("connect localhost 127.0.0.1:"))
        #expect(lines.first == "negotiate")
        #expect(Array(lines.dropFirst(2)) == Self.expectedLines)
        // Postfix has no queue ID before it has accepted a recipient.
        let givenUp =
          kind == .postfix ? "-" : try #require(macros.all.dropFirst().first?.idOfMacros)
        #expect(!ids.contains(givenUp))
        #expect(
          macros.all == [
            "eom \(ids[0]) a@from.example c@to.example",
            "abort \(givenUp) given@up.example never@to.example",
            "eom \(ids[1])  d@to.example",
            "eom \(ids[2]) e@from.example f@to.example",
          ])
        let queue = try ids.map { try mta.message($0) }
        #expect(queue.map(\.sender) == ["a@from.example", "", "e@from.example"])
        #expect(
          queue.map(\.addresses) == [
            ["b@to.example", "c@to.example"], ["d@to.example"], ["f@to.example"],
          ])
        #expect(queue.map { $0.values(of: "Subject") } == [["1"], ["2"], []])
        #expect(queue.map(\.wireBody) == ["first\r\n", "", "third\r\n"].map { Array($0.utf8) })
        #expect(try mta.queueIDs() == ids.sorted())
      }
    }

    private static let expectedLines = [
      "helo one.example",
      "envfrom <a@from.example>", "envrcpt <b@to.example>", "envrcpt <c@to.example>", "data",
      "header Subject 1", "header X-One 1", "eoh", "body 7", "eom",
      "envfrom <given@up.example>", "envrcpt <never@to.example>", "abort",
      "envfrom <>", "envrcpt <d@to.example>", "data", "header Subject 2", "eoh", "eom",
      "helo two.example",
      "envfrom <e@from.example>", "envrcpt <f@to.example>", "data", "header X-Three 3", "eoh",
      "body 7", "eom",
      "close",
    ]

    @Test(arguments: RealMTA.Kind.allCases)
    func `A client that drops the connection`(kind: RealMTA.Kind) async throws {
      let play = Play()
      try await withFilter(kind, play) { mta, _ in
        let idle = try mta.connect()
        try idle.ehlo()
        idle.close()
        #expect(try play.callbacks() == [.negotiate, .connect, .helo, .close])

        play.set()
        let busy = try mta.connect()
        try busy.ehlo()
        _ = try busy.mail(from: "sender@from.example")
        _ = try busy.rcpt(to: "rcpt@to.example")
        busy.close()
        #expect(
          try play.callbacks()
            == [.negotiate, .connect, .helo, .envfrom, .envrcpt, .abort, .close])

        play.set()
        let late = try mta.connect()
        try late.ehlo()
        _ = try late.mail(from: "sender@from.example")
        _ = try late.rcpt(to: "rcpt@to.example")
        _ = try late.command("DATA")
        try late.send(raw: Array("Subject: cut\r\n\r\nsome".utf8))
        late.close()
        #expect(
          try play.callbacks()
            == [.negotiate, .connect, .helo, .envfrom, .envrcpt, .data, .abort, .close])
        #expect(try mta.queueIDs() == [])
      }
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `Simultaneous clients have their own filters`(kind: RealMTA.Kind) async throws {
      let made = Counter()
      let play = Play()
      try await withFilter(
        kind,
        making: {
          made.add(); return play.makeFilter()
        }
      ) {
        mta, _ in
        play.set(.reject, in: .envfrom) { try $0.setreply("554", "5.7.1", "not the first") }
        let first = try mta.connect()
        try first.ehlo()
        play.set()
        let second = try mta.connect()
        try second.ehlo()
        #expect(try second.mail(from: "b@from.example").code == 250)
        #expect(try first.mail(from: "a@from.example").lines == ["554 5.7.1 not the first"])
        #expect(try second.rcpt(to: "c@to.example").code == 250)
        try first.quit()
        #expect(try second.command("DATA").code == 354)
        #expect(try second.content(SmallMessage.bytes).code == 250)
        try second.quit()
        #expect(try play.callbacks() == VerdictTests.session(upTo: .eom))
        #expect(made.value == 2)
        #expect(try mta.queue().map(\.sender) == ["b@from.example"])
      }
    }
  }
}

extension String {
  /// The second word, which is the queue ID in the lines above.
  fileprivate var idOfMacros: String? { split(separator: " ").dropFirst().first.map(String.init) }
}

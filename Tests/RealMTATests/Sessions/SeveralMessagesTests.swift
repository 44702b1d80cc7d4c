import MilterFilterFixtures
import MilterKit
import Testing

extension RealMTASuite {
  /// Several messages of one client, which all go through one filter instance.
  @Suite struct SeveralMessagesTests {
    @Test(
      arguments: RealMTA.Kind.allCases,
      [[true, true, true], [true, false, true], [false, true, false]])
    func `One message does not affect another`(kind: RealMTA.Kind, isChanged: [Bool])
      async throws
    {
      let instances = Counter()
      let messages = Counter()
      try await withFilter(
        kind,
        making: {
          instances.add()
          return changing(at: .eom) { filter in
            if isChanged[messages.add() - 1] { try Self.change(filter) }
          }
        }
      ) { mta, _ in
        let client = try mta.connect()
        try client.ehlo()
        for isChanged in isChanged {
          let delivery = try client.send(message: mail("X-A: a", "X-B: b"))
          let message = try mta.message(
            try #require(delivery.queueID, "is changed: \(isChanged): \(delivery.final)"))
          #expect(
            message.fields
              == (isChanged ? ["X-Top: v", "X-A: new", "X-New: v"] : ["X-A: a", "X-B: b"]),
            "is changed: \(isChanged)")
          #expect(
            message.body == Array((isChanged ? "New\n" : "Hello\n").utf8),
            "is changed: \(isChanged)")
          #expect(
            message.sender == (isChanged ? "new@from.example" : "sender@from.example"),
            "is changed: \(isChanged)")
          #expect(
            message.addresses == [isChanged ? "new@to.example" : "rcpt@to.example"],
            "is changed: \(isChanged)")
          #expect(message.isQuarantined == isChanged, "is changed: \(isChanged)")
        }
        try client.quit()
        #expect(try mta.queueIDs().count == 3)
      }
      #expect(messages.value == 3)
      #expect(instances.value == 1)
    }

    /// Changes everything in a message.
    private static func change(_ filter: Milter) throws {
      try filter.insheader(0, "X-Top", "v")
      try filter.chgheader("X-A", 1, "new")
      try filter.chgheader("X-B", 1, nil)
      try filter.addheader("X-New", "v")
      try filter.chgfrom("new@from.example")
      try filter.delrcpt("rcpt@to.example")
      try filter.addrcpt("new@to.example")
      try filter.replacebody("New\r\n")
      try filter.quarantine("why")
    }
  }
}

import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// Our filters with third-party implementations of the MTA's side of the protocol.
@Suite(.ownThread, .needsForeignClients, .timeLimit(.minutes(15))) struct ForeignClientTests {
  @Test(arguments: ForeignClient.allCases)
  func `All shapes of doorman answer as libmilter's does`(client: ForeignClient) throws {
    let shapes = try Shapes()
    for shape in shapes.all {
      #expect(try client.play(to: shape.spec) == client.answersOfDoorman, "\(shape)")
    }
    #expect(try shapes.stop() == shapes.all.map { _ in 0 })
  }

  @Test(arguments: ForeignClient.allCases, FilterKind.allCases)
  func `Every change that a filter makes is read back`(client: ForeignClient, kind: FilterKind)
    throws
  {
    let journal = Journal()
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { kind.filter(journal) }
    try server.start()
    defer { server.stop(drain: .zero) }
    let answers = try client.play(to: server.addresses[0])
    #expect(answers == client.answersOfEditor)
    // The server's threads notice the end of the connection after the client has returned.
    try wait(for: "close") { journal.all.last == "close" }
    let calls = journal.all.filter { $0 != "messageEnded" }.joined(separator: "\n")
    #expect(calls == client.callsOfEditor)
  }
}

/// The base class of a filter that makes every change.
enum FilterKind: CaseIterable {
  case milter
  case asyncMilter

  func filter(_ journal: Journal) -> MilterBase {
    switch self {
    case .milter:
      ScriptedFilter(journal) { filter, callback in try Self.answer(filter, callback) }
    case .asyncMilter:
      AsyncScriptedFilter(journal) { filter, callback in try Self.answer(filter, callback) }
    }
  }

  private static func answer(_ filter: MilterBase, _ callback: MilterCallback) throws
    -> MilterStatus
  {
    switch callback {
    case .envfrom where filter.getsymval("i") == "refused":
      try filter.setmlreply("550", "5.7.1", ["not", "wanted"])
      return .reject
    case .envrcpt where filter.getsymval("{rcpt_addr}") == "carol@example.net":
      try filter.setreply("450", "4.2.1", "later")
      return .tempfail
    case .eom where filter.getsymval("i") == "first":
      try filter.addheader("X-Added", "last\n in two lines")
      try filter.insheader(0, "X-Inserted", "first")
      try filter.chgheader("Subject", 1, "changed")
      try filter.chgheader("X-Doorman", 1, nil)
      try filter.chgfrom("<new@example.org>", "SIZE=200")
      try filter.addrcpt("<added@example.net>")
      try filter.delrcpt("<bob@example.net>")
      try filter.progress()
      try filter.replacebody("new body\r\n")
      try filter.quarantine("held")
      return .accept
    case .eom:
      try filter.setreply("554", "5.7.9", "no second one")
      return .reject
    default: return .continue
    }
  }
}

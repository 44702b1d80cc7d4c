import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterTesting
import Synchronization
import Testing

@testable import milter_sample_blocklist

/// A lookup that returns the test's answers for each list's zone.
private struct Lists: AddressLookup {
  enum Answer: Sendable {
    case codes([UInt8])
    case failure
    /// Suspends until the test opens the room.
    case wait(WaitingRoom)
  }
  let answers: [String: Answer]
  let asked = Journal()

  func addresses(of name: String) async throws -> LookupAnswer {
    asked.note(name)
    guard let answer = answers.first(where: { name.hasSuffix(".\($0.key)") })?.value else {
      return LookupAnswer()
    }
    switch answer {
    case .codes(let numbers): return .init(addresses: numbers.map { .init(127, 0, 0, $0) })
    case .failure: throw LookupFailure(description: "no answer")
    case .wait(let room):
      try await room.wait()
      return .init(addresses: [.init(127, 0, 0, 9)])
    }
  }
}

/// The filter, with answers of the test.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct BlocklistTests {
  private static let zones = ["a.example", "b.example", "c.example=127.0.0.[2..3]"]

  private static func survey(
    _ lists: Lists, threshold: Int = 1,
    timeout: @escaping @Sendable () async throws -> Void = {
      try await Task.sleep(for: .seconds(600))
    }
  ) throws -> Survey {
    Survey(
      lists: try zones.map { try DNSList($0) }, lookup: lists, threshold: threshold,
      timeout: timeout)
  }

  private func mta(
    _ survey: Survey, _ action: Blocklist.Action = .reject, exempt: MilterNetworks = .private
  ) -> TestMTA {
    TestMTA(filter: Blocklist(.success(survey), action: action, exempt: exempt))
  }

  private func mail(
    from address: String = "192.0.2.7", _ marks: KeyValuePairs<String, String> = [:]
  ) -> MTAMail {
    var message = MTAMail(headers: marks)
    let isInet6 = address.contains(":")
    message.client(
      "client.example",
      isInet6 ? .inet6(address: address, port: 25) : .inet(address: address, port: 25))
    return message
  }

  @Test func `A listed client is refused, and an unlisted one is not`() throws {
    let listed = Lists(answers: ["b.example": .codes([2])])
    try mta(Self.survey(listed)).send(mail()).expect(
      .reject, at: .envfrom,
      reply: "550 5.7.1 The client [192.0.2.7] is listed by b.example")
    #expect(
      Set(listed.asked.all)
        == ["7.2.0.192.a.example", "7.2.0.192.b.example", "7.2.0.192.c.example"])
    try mta(Self.survey(Lists(answers: [:]))).send(mail()).expect(.accept)
  }

  @Test func `An IPv6 client is looked up by its digits`() throws {
    let lists = Lists(answers: ["b.example": .codes([2])])
    try mta(Self.survey(lists)).send(mail(from: "2001:db8::7")).expect(.reject)
    let labels = "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    #expect(lists.asked.all.contains("\(labels).b.example"))
  }

  @Test func `A code that the list's pattern does not match does not count`() throws {
    let lists = Lists(answers: ["c.example": .codes([10])])
    try mta(Self.survey(lists)).send(mail()).expect(.accept)
  }

  @Test func `All lists are asked before the first one has answered`() async throws {
    let room = WaitingRoom()
    let lists = Lists(answers: ["a.example": .wait(room), "b.example": .wait(room)])
    let survey = try Self.survey(lists, threshold: 2)
    let client = try #require(ReversedAddress(.inet(address: "192.0.2.7", port: 25)))
    let findings = Task(executorPreference: ThreadForEachJob.executor) {
      try await survey.findings(about: client)
    }
    try wait(for: "both questions") { room.waitingCount == 2 }
    room.open()
    #expect(try await findings.value.listings.map(\.zone) == ["a.example", "b.example"])
  }

  @Test func `A list that does not answer delays nothing once the client is known to be listed`()
    throws
  {
    // The lookup in a.example never returns, so the answer of b.example alone must end the wait.
    let lists = Lists(answers: ["a.example": .wait(WaitingRoom()), "b.example": .codes([2])])
    let mta = mta(try Self.survey(lists))
    try mta.send(mail()).expect(.reject)
    #expect(mta.log == [])
  }

  @Test func `When the time limit expires, the other lists' answers count`() throws {
    let lists = Lists(
      answers: ["a.example": .wait(WaitingRoom()), "b.example": .codes([2]), "c.example": .failure])
    // The timeout expires at once, but b.example answers first, because callbacks run on one thread here.
    let mta = mta(try Self.survey(lists, threshold: 2) {})
    try mta.send(mail()).expect(.accept)
    #expect(
      mta.log == [
        "warning: blocklist #1: a.example: no answer in time",
        "warning: blocklist #1: c.example: no answer",
      ])
  }

  @Test(arguments: [(1, true), (2, true), (3, false)])
  func `The number of lists that contain the client is compared with the threshold`(
    _ threshold: Int, _ isRefused: Bool
  ) throws {
    let lists = Lists(
      answers: ["a.example": .codes([2]), "b.example": .codes([]), "c.example": .codes([3])])
    let mta = mta(try Self.survey(lists, threshold: threshold))
    try mta.send(mail()).expect(isRefused ? .reject : .accept)
  }

  @Test func `A mark names the lists with their codes, and a forged mark is removed`() throws {
    let lists = Lists(answers: ["a.example": .codes([4]), "c.example": .codes([3, 2])])
    let forged = mail(["X-Blocklist": "none", "Subject": "x", "x-blocklist": "really"])
    let outcome = try mta(Self.survey(lists, threshold: 2), .mark).send(forged).expect(.accept)
    #expect(outcome.headers("X-Blocklist") == ["a.example (127.0.0.4), c.example (127.0.0.3)"])
    let clean = try mta(Self.survey(Lists(answers: [:])), .mark).send(forged).expect(.accept)
    #expect(clean.headers("X-Blocklist") == [])
  }

  @Test func `Users who have logged in and hosts that are exempt are not looked up`() throws {
    let lists = Lists(answers: ["a.example": .codes([2])])
    var message = mail()
    message.envelope.macros["{auth_authen}"] = "joe"
    try mta(Self.survey(lists)).send(message).expect(.accept)
    try mta(Self.survey(lists)).send(mail(from: "10.1.2.3")).expect(.accept)
    var local = MTAMail()
    local.client("localhost", .unix(path: "/run/smtp"))
    try mta(Self.survey(lists)).send(local).expect(.accept)
    local.client("unknown", nil)
    try mta(Self.survey(lists)).send(local).expect(.accept)
    #expect(lists.asked.all == [])
  }

  @Test func `A server that stops waiting cancels the lookups`() async throws {
    let room = WaitingRoom()
    let directory = try ScratchDirectory()
    let lists = Lists(answers: ["a.example": .wait(room), "b.example": .wait(room)])
    let survey = try Self.survey(lists)
    let log = Journal()
    var configuration = MilterConfiguration()
    configuration.log = MilterLog(level: .warning) { log.note("\($0): \($1)") }
    let socket = "unix:\(directory.path(of: "s"))"
    let server = try MilterServer(sockets: [socket], configuration: configuration) {
      Blocklist(.success(survey), action: .reject, exempt: .private)
    }
    try server.start()
    let message = mail()
    let outcome = Task(executorPreference: ThreadForEachJob.executor) {
      try TestMTA(socket: socket).send(message).verdict
    }
    try wait(for: "lookups") { room.waitingCount == 2 }
    _ = server.stop(drain: .zero)
    try wait(for: "their end") { room.waitingCount == 0 }
    #expect(try await outcome.value == .failure)
    #expect(!log.all.contains { $0.contains("envfrom") || $0.contains("example") }, "\(log.all)")
  }
}

import MilterFilterFixtures
import MilterTesting
import Testing

/// A server's statistics about the members of its chains.
@Suite struct MemberStatisticsTests {
  private final class Refusing: Milter {
    override func eom() throws -> Status { .reject }
  }

  @Test func `A server counts the members of its own chains`() throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { MilterChain { Refusing() } }
    let other = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Refusing() }
    for server in [server, other] { try server.start() }
    defer { for server in [server, other] { server.stop() } }
    for server in [server, other] {
      let mta = try TestMTA(.postfix, socket: try #require(server.addresses.first))
      try mta.send(MTAMail()).expect(.reject)
    }
    let members = server.statistics.members
    #expect(members.mapValues(\.messages) == ["Refusing[0]": 1])
    #expect(members.mapValues(\.decisions) == ["Refusing[0]": [.reject: 1]])
    #expect(other.statistics.members == [:])
  }

  @Test(
    arguments: [MilterCallback.connect, .helo, .envfrom, .envrcpt, .data, .header, .body, .eom],
    [ChainMember.Fallback.tempfail, .accept])
  func `A callback that throws is a failure of its member, whose fallback is the answer`(
    callback: MilterCallback, fallback: ChainMember.Fallback
  ) throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) {
      MilterChain {
        ChainMember.filter(
          ScriptedFilter { _, current in
            if current == callback { throw Oops() }
            return .continue
          }
        ).onFailure(fallback)
        Stamp()
      }
    }
    try server.start()
    defer { server.stop() }
    let mta = try TestMTA(.postfix, socket: try #require(server.addresses.first))
    let outcome = mta.send(MTAMail(headers: ["Subject": "test"], body: "Hello\n"))
    #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail))
    #expect(outcome.headers("X-Stamp") == (fallback == .accept ? ["yes"] : []))
    #expect(server.statistics.members["ScriptedFilter[0]"]?.failures == 1)
  }

  private struct Oops: Error {}
}

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
}

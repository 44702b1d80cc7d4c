import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

/// Peers that connect and negotiate nothing.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct NegotiationTimeoutTests {
  private func server() throws -> TestServer {
    try TestServer(configure: { $0.negotiationTimeout = .milliseconds(200) }) { ScriptedFilter() }
  }

  @Test func `The default is a minute`() {
    #expect(MilterConfiguration().negotiationTimeout == .seconds(60))
  }

  @Test func `A silent peer is closed long before a silent MTA`() throws {
    let server = try server()
    let mta = try server.connect(saying: TestMTA.offer.bytes)
    #expect(try mta.receive()?.code == .negotiate)
    let peer = try server.connect()
    #expect(try peer.receive() == nil)
    #expect(try mta.message() == [.continue])
  }

  @Test func `Commands before the negotiation do not extend the timeout`() throws {
    let server = try server()
    // The peer sends before a thread gives up a silent connection. Its first command arrives before
    // the timeout begins.
    let macros = MTACommand.macro(UInt8(ascii: "C"), [])
    let peer = try server.connect(saying: macros.bytes)
    var isClosed = false
    while !isClosed {
      if (try? peer.send(macros)) == nil { break }
      isClosed = try Poll.wait(peer.socket.descriptor, .readable, milliseconds: 1) != []
    }
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("no options were negotiated for 0.2 seconds") })
  }
}

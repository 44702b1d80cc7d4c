import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// The state of a message in the MTA if the filter ends in the middle of eom.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct HeldChangesTests {
  /// Returns a server with a filter that changes a message, and returns when the test permits it.
  private func server(_ body: [UInt8], _ gate: DispatchSemaphore) throws -> TestServer {
    try TestServer {
      ScriptedFilter { filter, callback in
        guard callback == .eom else { return .continue }
        try filter.addheader("X-Half", "v")
        try filter.replacebody(body)
        try filter.addrcpt("new@to.example")
        try filter.progress()
        gate.wait()
        return .continue
      }
    }
  }

  private func inEom(_ server: TestServer) throws -> TestMTA {
    let mta = try server.connect()
    try mta.greet()
    try mta.envelope()
    try mta.send(.endOfBody([]))
    return mta
  }

  @Test func `A filter that is disconnected has changed nothing`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server([UInt8](repeating: 0x62, count: 4_000_000), gate)
    let mta = try inEom(server)
    #expect(try mta.receive() == .progress)
    server.server.stop(drain: .zero)
    #expect(try mta.receive() == nil)
    gate.signal()
  }

  @Test func `All connections share the counts`() throws {
    let gate = DispatchSemaphore(value: 0)
    let body = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    let server = try server(body, gate)
    let mta = try inEom(server)
    #expect(try mta.receive() == .progress)
    gate.signal()
    #expect(try mta.receive() == .addheader(name: bytes("X-Half"), value: bytes("v")))
    var received: [UInt8] = []
    var reply = try mta.receive()
    while case .replacebody(let chunk)? = reply {
      received += chunk
      reply = try mta.receive()
    }
    let isWhole = received == body
    #expect(isWhole, "\(received.count) bytes")
    #expect(reply == .addrcpt(bytes("new@to.example")))
    #expect(try mta.receive() == .continue)
  }

  @Test func `A body beyond the limit is sent while the callback runs`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try server([UInt8](repeating: 0x62, count: 5_000_000), gate)
    let mta = try inEom(server)
    #expect(try mta.receive()?.code == .addheader)
    #expect(try mta.receive()?.code == .replacebody)
    gate.signal()
  }

  @Test func `progress in a tight loop does not use up the tail`() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: { $0.maxHeldChanges = 0 }) {
      ScriptedFilter { filter, callback in
        guard callback == .eom else { return .continue }
        try filter.replacebody([UInt8](repeating: 0x62, count: 200_000))
        for _ in 0..<100_000 { try filter.progress() }
        gate.wait()
        return .continue
      }
    }
    let mta = try inEom(server)
    gate.signal()
    var sizes: [Int] = []
    while case .replacebody(let chunk)? = try mta.receive() { sizes.append(chunk.count) }
    #expect(sizes.reduce(0, +) == 200_000)
    #expect(sizes.last ?? 0 > 1, "most of the tail is left")
  }
}

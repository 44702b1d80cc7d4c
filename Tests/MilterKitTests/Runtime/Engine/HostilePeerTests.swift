import Dispatch
import MilterCore
import MilterFilterFixtures
import Foundation
import MilterKit
import MilterSystem
import MilterProcessFixtures
import Testing

/// Peers that are not MTAs, and faulty MTAs, at the same time as correct MTAs.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct HostilePeerTests {
  /// Returns the lines of the log without those of the debug level.
  private func lines(_ server: TestServer) -> [String] {
    server.log.all.filter { !$0.hasPrefix("debug") }
  }

  @Test(arguments: [UInt32(0), 65_537, 0x8000_0001, 0xFFFF_FFFF])
  func `An invalid frame length closes its connection with one line`(_ length: UInt32) throws {
    let server = try TestServer { ScriptedFilter() }
    let mta = try server.connect()
    try mta.greet()
    try mta.send(bytes: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [0x42])
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(lines(server).filter { $0.contains("\(length)") && $0.hasPrefix("warning") }.count == 1)
    #expect(lines(server).filter { $0.hasPrefix("warning") || $0.hasPrefix("error") }.count == 1)
  }

  @Test(arguments: [(MilterProtocolFlags.mds256k, 262_144), (.mds1m, 1_048_576)])
  func `The limit is the negotiated one`(_ flag: MilterProtocolFlags, _ largest: Int) throws {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .negotiate { filter.wanted.steps.formUnion(flag) }
        return .continue
      }
    }
    let offer = MTACommand.negotiate(
      .init(options: .init(actions: .all, steps: .init(rawValue: 0xFFFF_FFFF))))
    let mta = try server.connect()
    try mta.greet(offer)
    try mta.envelope()
    // The chunk is larger than the default limit allows. A mebibyte would take too long.
    let chunk = [UInt8](repeating: 0x61, count: min(largest - 1, 100_000))
    #expect(try mta.ask(.body(chunk)) == [.continue])
    // The frame's header is enough to close the connection.
    let length = UInt32(largest + 1)
    try mta.send(bytes: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [0x42])
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(server.log.all.contains { $0.contains("is not between 1 and \(largest)") })
  }

  /// Returns how many lines a server can have written that it writes once a minute.
  private static func minutes(since start: ContinuousClock.Instant) -> Int {
    Int(start.duration(to: .now) / .seconds(60)) + 1
  }

  /// Bytes that reach an open port.
  private static let garbage: [[UInt8]] = [
    bytes("GET / HTTP/1.1\r\nHost: mx.example.org\r\n\r\n"),
    bytes("EHLO scanner\r\n"), bytes("\r\n\r\n"), bytes("\u{0}"),
    // The beginning of a TLS handshake.
    [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + [UInt8](0...99),
    [UInt8](repeating: 0, count: 4096), [UInt8](repeating: 0xFF, count: 4096),
    // Frames that no MTA sends.
    [0, 0, 0, 1, 0x5A], [0, 0, 0, 3, 0x4D, 0x61, 0x62],
  ]

  @Test func `Unknown peers of every kind cost two lines together`() throws {
    let start = ContinuousClock.now
    let server = try TestServer { ScriptedFilter() }
    for _ in 0..<20 {
      for bytes in Self.garbage {
        let stranger = try server.connect()
        try stranger.send(bytes: bytes)
        try stranger.socket.shutdown(.writing)
        try stranger.receiveToEnd()
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
    try mta.quit()
    server.server.stop()
    let lines = lines(server).filter { $0.contains("connections ") }
    #expect((2...2 * Self.minutes(since: start)).contains(lines.count), "\(lines)")
    let closed = lines.first { $0.contains("connections by non-MTAs were closed") } ?? ""
    #expect(closed.hasPrefix("warning"))
    #expect(closed.contains("the first: frame length 1162366031 is not between"))
    #expect(lines.contains { $0.contains(" connections ended without a command") })
  }

  @Test func `Ten thousand health checks cost one line, and correct MTAs none`() throws {
    let start = ContinuousClock.now
    let directory = try ScratchDirectory()
    let server = try TestServer(["unix:\(directory.path)/s"], configure: { $0.log.level = .info }) {
      Sorter()
    }
    let wellBehaved = WellBehavedMTAs(server.spec, count: 16)
    for number in 0..<10_000 {
      let socket = try Socket.connect(to: SocketSpec(server.spec))
      // Some connections also send garbage.
      if number % 50 == 0 {
        let bytes = Self.garbage[number / 50 % Self.garbage.count]
        bytes.withUnsafeBytes { _ = try? socket.write(all: $0) }
      }
      socket.close()
    }
    let messages = try wellBehaved.finish()
    server.server.stop()
    let lines = server.log.all
    #expect(messages >= 16, "each has played one message at least")
    let minutes = Self.minutes(since: start)
    for kind in ["ended without a command", "by non-MTAs were closed"] {
      #expect(1...minutes ~= lines.filter { $0.contains(kind) }.count, "\(kind)")
    }
    let complaints = lines.filter { $0.hasPrefix("warning") || $0.hasPrefix("error") }
    #expect(complaints.allSatisfy { $0.contains("by non-MTAs were closed") })
  }
}

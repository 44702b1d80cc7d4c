import Dispatch
import MilterFilterFixtures
import MilterSystem
import Synchronization
import MilterProcessFixtures
import Testing

@testable import MilterKit
@testable import MilterRuntime

@Suite(.ownThread, .timeLimit(.minutes(15))) struct ListenerTests {
  /// Returns a listener on a free port.
  private func make() throws -> (listener: Listener, spec: SocketSpec) {
    let socket = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let spec = try SocketSpec("\(socket.localAddress)")
    return (try Listener(socket, counters: ServerCounters(), log: MilterLog { _, _ in }), spec)
  }

  @Test func `Space that becomes free before the wait is not missed`() throws {
    let (listener, spec) = try make()
    let asked = Counter()
    let accepted = DispatchSemaphore(value: 0)
    try listener.start(
      hasRoom: { [weak listener] in
        guard asked.add() == 1 else { return true }
        // The last connection ends after this answer and before the listener pauses.
        listener?.resume()
        return false
      },
      accepted: { _ in accepted.signal() })
    let connection = try Socket.connect(to: spec)
    try accepted.wait(for: "a connection")
    connection.close()
    listener.close(leavingFile: false)
  }

  @Test func `A listener that is closed while it has no room releases its port`() throws {
    let (listener, spec) = try make()
    let count = Counter()
    let asked = DispatchSemaphore(value: 0)
    let closed = DispatchSemaphore(value: 0)
    try listener.start(
      hasRoom: {
        if count.add() == 1 {
          asked.signal()
          closed.wait()
        }
        return false
      },
      accepted: { _ in })
    let connection = try Socket.connect(to: spec)
    try asked.wait(for: "the listener")
    listener.close(leavingFile: false)
    closed.signal()
    // When the port is released, the system closes the connections that were not accepted.
    try connection.setReceiveTimeout(milliseconds: 60_000)
    var byte: [UInt8] = [0]
    var isSilent = false
    try? byte.withUnsafeMutableBytes { buffer in
      if case .wouldBlock = try connection.read(into: buffer) { isSilent = true }
    }
    #expect(!isSilent)
  }
}

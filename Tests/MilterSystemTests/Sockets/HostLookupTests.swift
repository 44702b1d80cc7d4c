import Synchronization
import Testing

@testable import MilterSystem

@Suite struct HostLookupTests {
  private static let past = ContinuousClock.now
  private static var later: ContinuousClock.Instant { .now + .seconds(120) }

  /// A lookup that waits until the test opens it.
  private final class SlowServer: Sendable {
    private let (gate, key): (Socket, Socket)
    private let count = Atomic<Int>(0)
    var lookUps: Int { count.load(ordering: .sequentiallyConsistent) }

    init() throws { (gate, key) = try Socket.socketPair() }

    func open() { key.close() }

    func answer(_ spec: SocketSpec) throws(SocketError) -> [SocketAddress] {
      count.add(1, ordering: .sequentiallyConsistent)
      _ = try Poll.wait(gate.descriptor, .readable, milliseconds: nil)
      return try SocketSpec("inet:25@192.0.2.1").resolve(for: .connecting)
    }
  }

  @Test func `A name that is not found in time is an error, and later callers share the lookup`()
    throws
  {
    let server = try SlowServer()
    let lookup = HostLookup { spec throws(SocketError) in try server.answer(spec) }
    let spec = try SocketSpec("inet:25@mail.example.org")
    for _ in 0..<3 {
      let error = #expect(throws: SocketError.self) {
        try lookup.addresses(of: spec, by: Self.past)
      }
      #expect(error?.code == .timedOut)
      #expect(
        error?.message
          == "socket spec \"inet:25@mail.example.org\": the system has not found the host's address "
          + "in time; write the address")
    }
    server.open()
    let addresses = try lookup.addresses(of: spec, by: Self.later)
    #expect(addresses.map(\.description) == ["inet:25@192.0.2.1"])
    #expect(server.lookUps <= 2)
  }

  @Test func `An address, a path, and this machine are not looked up on a thread`() throws {
    let lookup = HostLookup { spec throws(SocketError) in try spec.resolve(for: .connecting) }
    for text in ["inet:25@192.0.2.1", "inet6:25@[::1]", "inet:25", "unix:/run/s"] {
      #expect(try lookup.addresses(of: SocketSpec(text), by: Self.past).count == 1)
    }
  }

  @Test func `An error in a name is reported even without a limit`() throws {
    let host = String(repeating: "x", count: 64)
    let spec = try SocketSpec("inet:1@\(host)")
    let error = #expect(throws: SocketError.self) {
      try HostLookup.shared.addresses(of: spec, by: Self.later)
    }
    #expect(error?.code == .lookupFailed)
  }

  @Test func `Each address of a host has its share of the timeout`() throws {
    // The first address refuses connections, because nothing listens there.
    let closed = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let gone = closed.localAddress
    closed.close()
    let open = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    let socket = try Socket.connect(
      toFirstOf: [gone, open.localAddress], of: SocketSpec("inet:1@localhost"), by: Self.later)
    #expect(socket.descriptor >= 0)
    let error = #expect(throws: SocketError.self) {
      try Socket.connect(toFirstOf: [], of: SocketSpec("inet:1@localhost"), by: Self.later)
    }
    #expect(error?.code == .lookupFailed)
  }
}

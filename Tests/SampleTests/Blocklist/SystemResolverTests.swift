import Dispatch
import MilterProcessFixtures
import Synchronization
import Testing

@testable import milter_sample_blocklist

/// The C library's resolver, asked by the test's own server.
@Suite(.ownThread) struct SystemResolverTests {
  private func resolver(
    _ server: FakeDNSServer, threads: Int = 4, patience: Int = 30
  ) throws -> SystemResolver {
    SystemResolver(
      server: try DNSServer("127.0.0.1:\(server.port)"), patience: patience,
      threads: LookupThreads(count: threads, mostWaiting: 10))
  }

  private func answer(_ resolver: SystemResolver, _ name: String) async -> Flight.Landing {
    await withCheckedContinuation { continuation in
      resolver.ask(name) { continuation.resume(returning: $0) }
    }
  }

  private func answer(
    to answer: FakeDNSServer.Answer, patience: Int = 30
  ) async throws -> Flight.Landing {
    let server = try FakeDNSServer { _ in answer }
    defer { withExtendedLifetime(server) {} }
    return await self.answer(try resolver(server, patience: patience), "7.2.0.192.bl.example")
  }

  @Test func `Addresses come with the time for which they hold`() async throws {
    let codes: [[UInt8]] = [[127, 0, 0, 2], [127, 0, 0, 10]]
    let landing = try await answer(to: .addresses(codes, seconds: 1234))
    let answer = try landing.get()
    #expect(answer.addresses == codes.map { InetAddress($0) })
    #expect(answer.lifetime == .seconds(1234))
  }

  @Test func `More addresses than there is room for are cut off`() async throws {
    let codes = (1...20).map { [127, 0, 0, UInt8($0)] }
    let landing = try await answer(to: .addresses(codes, seconds: 1))
    #expect(try landing.get().addresses == codes.prefix(16).map { InetAddress($0) })
  }

  @Test func `An alias leads to the addresses, and the shorter time counts`() async throws {
    let answer = try (try await answer(to: .alias([127, 0, 0, 3]))).get()
    #expect(answer.addresses == [InetAddress(127, 0, 0, 3)])
    #expect(answer.lifetime == .seconds(60))
  }

  @Test func `A name that does not exist has no addresses`() async throws {
    #expect(try (try await answer(to: .code(3))).get() == LookupAnswer())
    #expect(try (try await answer(to: .addresses([], seconds: 0))).get() == LookupAnswer())
  }

  @Test(
    arguments: [
      (.code(2), "no answer"), (.code(5), "no answer"), (.silence, "no answer"),
      // A record that is cut off, one whose data are longer than the message, and one of no address.
      (.raw([0xC0, 12, 0, 1]), "the answer cannot be read"),
      (.raw([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 200, 127]), "the answer cannot be read"),
    ] as [(FakeDNSServer.Answer, String)])
  func `A server that fails, keeps silent or talks nonsense is a failure`(
    _ answer: FakeDNSServer.Answer, _ reason: String
  ) async throws {
    let patience = if case .silence = answer { 1 } else { 30 }
    #expect(
      try await self.answer(to: answer, patience: patience)
        == .failure(LookupFailure(description: reason)))
  }

  @Test func `A list whose servers are silent does not stop the others`() async throws {
    let gate = DispatchSemaphore(value: 0)
    let threads = LookupThreads(count: 2, mostWaiting: 10)
    let done = Mutex<[String]>([])
    for _ in 0..<3 {
      #expect(
        threads.run(for: "a.example") {
          gate.wait()
          done.withLock { $0.append("a") }
        })
    }
    #expect(threads.run(for: "b.example") { done.withLock { $0.append("b") } })
    try await onThread { try poll(for: "b") { done.withLock { $0 == ["b"] } ? () : nil } }
    for _ in 0..<3 { gate.signal() }
    try await onThread { try poll(for: "all") { done.withLock { $0.count == 4 } ? () : nil } }
  }

  @Test func `The list of a name is what follows the address`() {
    #expect(SystemResolver.zone(of: "7.2.0.192.bl.example") == "bl.example")
    let digits = Array(repeating: "0", count: 32).joined(separator: ".")
    #expect(SystemResolver.zone(of: "\(digits).bl.example") == "bl.example")
  }

  @Test func `Look-ups beyond the threads wait, and beyond that line fail at once`() async throws {
    let gate = DispatchSemaphore(value: 0)
    let threads = LookupThreads(count: 1, mostWaiting: 1)
    let done = Mutex<[String]>([])
    #expect(
      threads.run(for: "bl.example") {
        gate.wait()
        done.withLock { $0.append("first") }
      })
    #expect(threads.run(for: "bl.example") { done.withLock { $0.append("second") } })
    #expect(!threads.run(for: "bl.example") { done.withLock { $0.append("third") } })
    let resolver = SystemResolver(server: nil, patience: 1, threads: threads)
    #expect(
      await answer(resolver, "x.bl.example")
        == .failure(LookupFailure(description: "too many look-ups at a time")))
    gate.signal()
    try await onThread { try poll(for: "both") { done.withLock { $0.count == 2 } ? () : nil } }
    #expect(done.withLock { $0 } == ["first", "second"])
    #expect(threads.run(for: "bl.example") {})
  }
}

import Dispatch
import MilterProcessFixtures
import Synchronization
import Testing

@testable import milter_sample_blocklist

/// The C library's resolver, with a DNS server of the test.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SystemResolverTests {
  private func resolver(
    _ server: FakeDNSServer, threads: Int = 4, timeout: Int = 30
  ) throws -> SystemResolver {
    SystemResolver(
      server: try DNSServer("127.0.0.1:\(server.port)"), timeout: timeout,
      threads: LookupThreads(count: threads, maxWaiting: 10))
  }

  private func answer(_ resolver: SystemResolver, _ name: String) async -> Flight.Landing {
    await withCheckedContinuation { continuation in
      resolver.ask(name) { continuation.resume(returning: $0) }
    }
  }

  private func answer(
    to answer: FakeDNSServer.Answer, timeout: Int = 30
  ) async throws -> Flight.Landing {
    let server = try FakeDNSServer { _ in answer }
    defer { withExtendedLifetime(server) {} }
    return await self.answer(try resolver(server, timeout: timeout), "7.2.0.192.bl.example")
  }

  @Test func `An answer has its TTL`() async throws {
    let codes: [[UInt8]] = [[127, 0, 0, 2], [127, 0, 0, 10]]
    let landing = try await answer(to: .addresses(codes, seconds: 1234))
    let answer = try landing.get()
    #expect(answer.addresses == codes.map { InetAddress($0) })
    #expect(answer.lifetime == .seconds(1234))
  }

  @Test func `At most 16 addresses are kept`() async throws {
    let codes = (1...20).map { [127, 0, 0, UInt8($0)] }
    let landing = try await answer(to: .addresses(codes, seconds: 1))
    #expect(try landing.get().addresses == codes.prefix(16).map { InetAddress($0) })
  }

  @Test func `An alias is followed, and the shorter TTL counts`() async throws {
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
      // A truncated record, and a record whose data length exceeds the message.
      (.raw([0xC0, 12, 0, 1]), "the answer cannot be read"),
      (.raw([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 200, 127]), "the answer cannot be read"),
    ] as [(FakeDNSServer.Answer, String)])
  func `A server that fails, is silent, or sends an invalid answer is a failure`(
    _ answer: FakeDNSServer.Answer, _ reason: String
  ) async throws {
    let timeout = if case .silence = answer { 1 } else { 30 }
    #expect(
      try await self.answer(to: answer, timeout: timeout)
        == .failure(LookupFailure(description: reason)))
  }

  @Test func `A list whose servers are silent does not stop the others`() throws {
    let gate = DispatchSemaphore(value: 0)
    let threads = LookupThreads(count: 2, maxWaiting: 10)
    let done = Mutex<[String]>([])
    for _ in 0..<3 {
      #expect(
        threads.run(for: "a.example") {
          gate.wait()
          done.withLock { $0.append("a") }
        })
    }
    #expect(threads.run(for: "b.example") { done.withLock { $0.append("b") } })
    try wait(for: "b") { done.withLock { $0 == ["b"] } }
    for _ in 0..<3 { gate.signal() }
    try wait(for: "all") { done.withLock { $0.count == 4 } }
  }

  @Test func `The zone of a name is the part after the address`() {
    #expect(SystemResolver.zone(of: "7.2.0.192.bl.example") == "bl.example")
    let digits = Array(repeating: "0", count: 32).joined(separator: ".")
    #expect(SystemResolver.zone(of: "\(digits).bl.example") == "bl.example")
  }

  @Test func `Without a free thread lookups wait, and with a full queue they fail at once`()
    async throws
  {
    let gate = DispatchSemaphore(value: 0)
    let threads = LookupThreads(count: 1, maxWaiting: 1)
    let done = Mutex<[String]>([])
    #expect(
      threads.run(for: "bl.example") {
        gate.wait()
        done.withLock { $0.append("first") }
      })
    #expect(threads.run(for: "bl.example") { done.withLock { $0.append("second") } })
    #expect(!threads.run(for: "bl.example") { done.withLock { $0.append("third") } })
    let resolver = SystemResolver(server: nil, timeout: 1, threads: threads)
    #expect(
      await answer(resolver, "x.bl.example")
        == .failure(LookupFailure(description: "too many lookups at a time")))
    gate.signal()
    try wait(for: "both") { done.withLock { $0.count == 2 } }
    #expect(done.withLock { $0 } == ["first", "second"])
    #expect(threads.run(for: "bl.example") {})
  }
}

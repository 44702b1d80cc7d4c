import Logging
import MilterKit
import MilterService
import MilterTesting
import ServiceLifecycle
import Testing

/// A filter that suspends, and then adds a header field.
private final class Adding: AsyncMilter {
  override class var actions: MilterActionFlags { .addhdrs }

  override func eom() async throws -> Status {
    try await Task.sleep(for: .milliseconds(10))
    try addheader("X-Served", "yes")
    return .continue
  }
}

@Suite struct MilterServiceTests {
  private let logger = Logger(label: "MilterServiceTests")

  @Test func `A message in progress gets its verdict when the group shuts down`() async throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Adding() }
    try server.open()
    let address = try #require(server.addresses.first)
    let group = ServiceGroup(services: [MilterService(server)], logger: logger)
    let running = Task { try await group.run() }
    let outcome = try await interruptedMessage(to: address) {
      Task { await group.triggerGracefulShutdown() }
    }
    #expect(outcome?.headers("X-Served") == ["yes"])
    try await running.value
    #expect(server.addresses.isEmpty)
  }

  @Test func `A server that cannot listen ends the group with its error`() async throws {
    let server = try MilterServer(sockets: ["unix:/nonexistent/s"]) { Adding() }
    let group = ServiceGroup(services: [MilterService(server)], logger: logger)
    await #expect(throws: (any Error).self) { try await group.run() }
  }
}

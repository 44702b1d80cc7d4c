import Dispatch
import Logging
import MilterKit
import MilterService
import MilterTesting
import ServiceLifecycle
import Testing

/// Adds a field after it has suspended.
private final class Adding: AsyncMilter {
  override class var actions: MilterActionFlags { .addhdrs }

  override func eom() async throws -> Status {
    try await Task.sleep(for: .milliseconds(10))
    try addheader("X-Served", "yes")
    return .continue
  }
}

@Suite struct MilterServiceTests {
  @Test func `A message under way has its verdict when the group shuts down`() async throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Adding() }
    try server.open()
    let address = try #require(server.addresses.first)
    let group = ServiceGroup(
      services: [MilterService(server)], logger: Logger(label: "MilterServiceTests"))
    let running = Task { try await group.run() }

    // The MTA blocks its thread, and Swift's are few.
    let verdict = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "MTA").async {
        continuation.resume(
          with: Result {
            let mta = try TestMTA(socket: address)
            mta.mail()
            let isShutDown = DispatchSemaphore(value: 0)
            Task {
              await group.triggerGracefulShutdown()
              isShutDown.signal()
            }
            isShutDown.wait()
            // Nobody else is served any more.
            while (try? TestMTA(socket: address)) != nil {}
            mta.rcpt()
            mta.data()
            mta.eom()
            defer { mta.quit() }
            return mta.outcome?.headers("X-Served")
          })
      }
    }
    #expect(verdict == ["yes"])
    try await running.value
    #expect(server.addresses.isEmpty)
  }

  @Test func `A server that cannot listen ends the group with its error`() async throws {
    let server = try MilterServer(sockets: ["unix:/nonexistent/s"]) { Adding() }
    let group = ServiceGroup(
      services: [MilterService(server)], logger: Logger(label: "MilterServiceTests"))
    await #expect(throws: (any Error).self) { try await group.run() }
  }
}

import MilterKit
import MilterProcessFixtures
import MilterTesting
import Testing

/// An async filter without a socket.
///
/// The detached task of the filter runs on a thread that all tests share, so these tests run on another
/// thread.
@Suite(.ownThread) struct AsyncFilterTests {
  private final class Suspending: AsyncMilter {
    @PerMessage private var sizes: [Int] = []

    override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
      try await Task.sleep(for: .milliseconds(1))
      return sender == "<bad@example.org>" ? .reject : .continue
    }

    override func body(_ chunk: [UInt8]) async throws -> Status {
      await Task.yield()
      sizes.append(chunk.count)
      return .continue
    }

    override func eom() async throws -> Status {
      let sizes = sizes
      let size = await Task.detached { sizes.reduce(0, +) }.value
      try addheader("X-Size", "\(size)")
      return .accept
    }
  }

  @Test func `A filter that suspends is played to its end`() {
    let mta = TestMTA(filter: Suspending())
    for _ in 0..<2 {
      let outcome = mta.send(MTAMail(body: "hello\n"))
      #expect(outcome.verdict == .accept)
      #expect(outcome.headers("X-Size") == ["7"])
    }
    #expect(mta.send(MTAMail(from: "bad@example.org")).verdict == .reject)
  }
}

import Foundation
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// Callbacks of a `Milter` that wait for async work.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct BlockingTests {
  private struct Refusal: Error {}

  private final class Asking: Milter {
    static let counter = CountingActor()

    override func helo(_ host: String) throws -> Status {
      try blocking {
        let room = WaitingRoom()
        Thread.detachNewThread { room.open() }
        try await room.wait()
        throw Refusal()
      }
      return .continue
    }

    override func eom() throws -> Status {
      let before = pthread_self()
      let number = blocking {
        await Task.yield()
        return await Self.counter.next()
      }
      try addheader("X-Same-Thread", "\(number > 0 && pthread_equal(before, pthread_self()) != 0)")
      return .continue
    }
  }

  @Test func `The work's result and its error become the callback's`() throws {
    let server = try TestServer(configure: { $0.maxThreads = 1 }) { Asking() }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    #expect(try mta.ask(.helo(bytes("x"))) == [.tempfail])
    #expect(server.log.all.contains { $0.contains("helo threw") && $0.contains("Refusal") })
    #expect(
      try mta.message().first == .addheader(name: bytes("X-Same-Thread"), value: bytes("true")))
  }
}

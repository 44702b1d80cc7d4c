import Dispatch
import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// Checks that the log and the statistics agree about the outcome of a message.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct OneStoryTests {
  @Test func `A callback that exceeds its timeout has one verdict and counts as one error`() throws
  {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer(configure: {
      $0.callbackTimeouts[.eom] = .milliseconds(20)
      $0.callbackFallback = .reject
    }) {
      ScriptedFilter { filter, callback in
        if callback == .eom {
          gate.wait()
          // The timeout has expired, so this throws.
          try filter.addheader("X-Late", "yes")
        }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.reject])
    gate.signal()
    #expect((try? mta.receive()) == nil)
    try server.finishLooking()
    server.server.stop()
    let statistics = server.server.statistics
    #expect(statistics.answers[.eom] == [.reject: 1])
    #expect(statistics.errors == [.timeout: 1])
    let lines = server.log.all
    #expect(!lines.contains { $0.contains("tempfail") || $0.contains("threw") }, "\(lines)")
    let overrun = try #require(lines.first { $0.contains("eom has not returned after ") })
    #expect(overrun.hasSuffix(" seconds; reject is answered instead"))
    // The log has the duration in seconds, with at most three decimal places.
    let time = overrun.split(separator: " ").first { $0.contains(".") } ?? ""
    #expect((1...3).contains(time.split(separator: ".").last?.count ?? 0), "\(overrun)")
  }

  @Test(arguments: ["a message", "a command", "nothing"])
  func `An MTA that leaves in the middle of a packet has disconnected`(what: String) throws {
    let server = try TestServer { ScriptedFilter() }
    let mta = try server.connect()
    try mta.greet()
    switch what {
    case "a message": _ = try mta.ask(.mail([bytes("<a@b>")]))
    case "a command": try mta.send(bytes: [0, 0, 0])
    default: break
    }
    try mta.socket.shutdown(.writing)
    #expect(try mta.receive() == nil)
    server.server.stop()
    #expect(server.server.statistics.errors == (what == "nothing" ? [:] : [.disconnected: 1]))
    let line = "the MTA left in the middle of a message or command"
    #expect(server.log.all.contains { $0.hasSuffix(line) } == (what != "nothing"))
  }

  @Test func `Durations in the log are rounded`() {
    #expect(Duration.nanoseconds(20_123_456).rounded == .milliseconds(20))
    #expect(Duration.nanoseconds(9_999_499_999).rounded == .milliseconds(9999))
    #expect(Duration.nanoseconds(300_049_123_456).rounded == .seconds(300))
    #expect(Duration.nanoseconds(300_051_123_456).rounded == .milliseconds(300_100))
  }
}

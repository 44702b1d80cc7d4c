import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures

/// MTAs that send one message on each connection, one connection after the other.
final class Load: Sendable {
  private let address: String
  private let isOver = Counter()
  private let verdicts = DispatchSemaphore(value: 0)
  private let lost = Journal()
  private let running = DispatchGroup()

  init(_ address: String, connections: Int) {
    self.address = address
    for _ in 0..<connections {
      running.enter()
      Thread.detachNewThread { [self] in
        while isOver.value == 0 { session() }
        running.leave()
      }
    }
  }

  private struct Missing: Error {
    let reply: FilterReplyCode
  }

  private func session() {
    let start = ContinuousClock.now
    // A stopping server may close the connection of an MTA that is silent for a second: that is not
    // a loss.
    var isPrompt = true
    do {
      let mta = try TestMTA(address)
      try mta.send(bytes: Self.envelope)
      isPrompt = start.duration(to: .now) < .milliseconds(900)
      for reply in [FilterReplyCode.negotiate, .continue, .continue, .continue, .continue] {
        // A failed expectation would count even if it is not a loss.
        guard try mta.receive()?.code == reply else { throw Missing(reply: reply) }
      }
      let replies = try mta.ask(.endOfBody(bytes("hello\r\n")))
      if replies.last == .accept { verdicts.signal() } else { lost.note("\(replies)") }
      // A stopping server may have closed the connection after the verdict.
      try? mta.send(.quit)
      _ = try? mta.receive()
    } catch {
      if isPrompt { lost.note("\(error)") }
    }
  }

  /// The commands up to the middle of a message, where a stopping server does not close the
  /// connection.
  private static let envelope = [
    TestMTA.offer, .connect(host: bytes("mx"), address: nil), .helo(bytes("client")),
    .mail([bytes("<a@b>")]), .rcpt([bytes("<c@d>")]),
  ].flatMap(\.bytes)

  /// Waits for a number of new verdicts; earlier verdicts do not count.
  func waitForVerdicts(_ count: Int) {
    while verdicts.wait(timeout: .now()) == .success {}
    for _ in 0..<count where verdicts.wait(timeout: .now() + .seconds(60)) == .timedOut {
      lost.note("no verdict for a minute")
    }
  }

  func stop() {
    isOver.add()
    running.wait()
  }

  var losses: [String] { lost.all }
}

import Foundation
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// Threads that a server creates at its start.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct EventThreadTests {
  @Test func `Jobs run one after the other, including those before the end`() throws {
    let thread = EventThread()
    let journal = Journal()
    #expect(!thread.perform { journal.note("too early") })
    try thread.start()
    for number in 0..<100 { #expect(thread.perform { journal.note("\(number)") }) }
    thread.end()
    thread.waitUntilEnded()
    #expect(!thread.perform { journal.note("too late") })
    #expect(journal.all == (0..<100).map { "\($0)" })
  }

  @Test func `A task is repeated until it is unscheduled`() throws {
    let thread = EventThread()
    let done = DispatchSemaphore(value: 0)
    let count = Counter()
    try thread.start(task: {
      count.add()
      done.signal()
    })
    thread.finishJobs()
    #expect(count.value == 0)
    thread.schedule(after: .zero, every: .milliseconds(1))
    for _ in 0..<3 { try done.wait(for: "the job") }
    thread.unschedule()
    thread.finishJobs()
    let value = count.value
    thread.schedule(after: .seconds(3600), every: .milliseconds(1))
    for _ in 0..<3 { thread.finishJobs() }
    #expect(count.value == value)
    // A new schedule replaces the previous one.
    thread.schedule(after: .zero, every: .seconds(3600))
    try done.wait(for: "the job")
    thread.end()
    thread.waitUntilEnded()
  }

  @Test func `A thread that waits for descriptors is woken by them and by jobs`() throws {
    let list = try Readiness()
    let thread = try EventThread(waitingFor: list)
    let (near, far) = try Socket.socketPair()
    let tokens = Journal()
    let ready = DispatchSemaphore(value: 0)
    try thread.start(ready: {
      tokens.note("\($0)")
      ready.signal()
    })
    for _ in 0..<3 { thread.finishJobs() }
    try list.wait(for: .readable, of: near.descriptor, token: 7)
    far.close()
    try ready.wait(for: "the event")
    for _ in 0..<3 { thread.finishJobs() }
    #expect(tokens.all == ["7"])
    thread.end()
    thread.waitUntilEnded()
  }

  /// Waits for a drain of at most an hour on another thread, and signals the result at its end.
  private func waiting(for time: DrainTime) -> DispatchSemaphore {
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      time.wait(atMost: .seconds(3600))
      ended.signal()
    }
    return ended
  }

  @Test func `A wait for the drain ends at a limit that is set later`() throws {
    let time = DrainTime()
    let early = waiting(for: time)
    time.limit(to: .seconds(1800))
    time.limit(to: .zero)
    try early.wait(for: "the end of a wait that began before the limit")
    try waiting(for: time).wait(for: "the end of a wait that begins after the limit")
  }

  @Test func `A drain ends at once if nothing is left`() throws {
    let time = DrainTime()
    let early = waiting(for: time)
    time.end()
    try early.wait(for: "the end of a wait that began before the drain's end")
    try waiting(for: time).wait(for: "the end of a wait that begins after the drain's end")
  }
}

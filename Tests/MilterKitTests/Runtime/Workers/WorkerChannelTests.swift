import MilterKit
import Testing

@testable import MilterRuntime

/// The messages between workers and their supervisor.
@Suite struct WorkerChannelTests {
  @Test(arguments: [
    WorkerMessage.ready, .reloading, .reloaded(0), .notReloaded(7), .stopping, .alive, .stop,
    .statistics(3, WorkerCounts(text: "messages=4")),
  ])
  func `Messages are lines`(message: WorkerMessage) {
    #expect(WorkerMessage(line: message.line) == message)
    #expect(!message.line.contains("\n"))
  }

  @Test(arguments: [
    WorkerCommand.stop, .stopNow, .reload(5), .list, .statistics(0),
  ])
  func `Commands are lines`(command: WorkerCommand) {
    #expect(WorkerCommand(line: command.line) == command)
  }

  @Test(arguments: [
    WorkerRights.keep, .drop("nobody"), .drop("nobody:mail"), .drop("a=b"), .dropped(65_534),
  ])
  func `A worker's rights survive writing and reading as one word`(rights: WorkerRights) {
    #expect(WorkerRights(word: rights.word[...]) == rights)
  }

  @Test(arguments: ["", "keep=", "keep=1", "drop", "drop=", "dropped=x", "dropped=-1", "nobody"])
  func `Other words are none of these`(word: String) {
    #expect(WorkerRights(word: word[...]) == nil)
  }

  @Test(arguments: [
    "reload", "reloaded", "reloaded x", "", " ", "Ready", "ready ", "statistics", "statistics x y",
    "statistics 1", "status",
    "status 99999999999999999999 x", "\u{0}",
  ])
  func `Other lines are neither`(line: String) {
    #expect(WorkerMessage(line: line) == nil)
    #expect(WorkerCommand(line: line) == nil || line == "statistics 1")
  }

  @Test func `Lines come in any pieces`() {
    let bytes = Array("ab\n\ncde\nf".utf8)
    for size in 1...bytes.count {
      var (buffer, lines) = (LineBuffer(), [String]())
      for start in stride(from: 0, to: bytes.count, by: size) {
        lines += buffer.add(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(lines == ["ab", "", "cde"], "\(size) bytes at once")
      #expect(buffer.add([0x0A]) == ["f"], "\(size) bytes at once")
    }
  }

  private static var full: MilterStatistics {
    var statistics = MilterStatistics()
    statistics.connections = 7
    statistics.refusedConnections = 2
    statistics.openConnections = 3
    statistics.healthChecks = 4
    statistics.bytesReceived = 12_345_678_901
    statistics.bytesSent = 9
    statistics.messages = 5
    statistics.abortedMessages = 1
    statistics.shadowedRefusals = 6
    statistics.shadowedChanges = 8
    statistics.answers = [.eom: [.accept: 4], .envrcpt: [.reject: 2, .continue: 8]]
    var times = MilterHistogram()
    times.counts[0] = 4
    times.counts[times.counts.count - 1] = 2
    times.sum = .milliseconds(601_500)
    statistics.callbackTimes = [.eom: times]
    statistics.errors = [.malformed: 6, .callback: 1]
    statistics.members = [
      "clamav[0]": MilterMemberStatistics(), "a b=c.[1]": MilterMemberStatistics(),
    ]
    statistics.members["clamav[0]"]?.messages = 3
    statistics.members["clamav[0]"]?.decisions = [.reject: 1, .tempfail: 2]
    statistics.members["clamav[0]"]?.failures = 4
    statistics.members["clamav[0]"]?.timesNotAsked = 5
    statistics.members["clamav[0]"]?.time = .milliseconds(1500)
    statistics.threads = 11
    statistics.reloads = 1
    return statistics
  }

  @Test func `Statistics survive writing and reading`() {
    let counts = WorkerCounts(WorkerCounts(text: WorkerCounts(Self.full).text).statistics)
    #expect(counts.statistics == Self.full)
    #expect(WorkerCounts(text: "").statistics == MilterStatistics())
  }

  @Test func `Statistics add up, and those of workers that have ended do not fall`() {
    var totals = WorkerTotals()
    totals.set(WorkerCounts(Self.full), of: 1)
    totals.set(WorkerCounts(Self.full), of: 2)
    #expect(totals.statistics.messages == 10)
    #expect(totals.statistics.openConnections == 6)
    #expect(totals.statistics.answers[.envrcpt] == [.reject: 4, .continue: 16])
    #expect(totals.statistics.callbackTimes[.eom]?.sum == .milliseconds(1_203_000))
    let member = totals.statistics.members["clamav[0]"]
    #expect(member?.messages == 6)
    #expect(member?.decisions == [.reject: 2, .tempfail: 4])
    #expect(member?.failures == 8)
    #expect(member?.timesNotAsked == 10)
    #expect(member?.time == .seconds(3))
    totals.end(1)
    #expect(totals.statistics.messages == 10)
    #expect(totals.statistics.openConnections == 3)
    #expect(totals.statistics.threads == 11)
    totals.set(WorkerCounts(Self.full), of: 3)
    #expect(totals.statistics.messages == 15)
  }

  @Test(arguments: [
    "messages=-1", "messages=9999999999999999999999", "messages", "=", "messages=", "messages=1x",
    "answers.eom.accept=9223372036854775807", "workers=1", "x=1", "answers.eom=1",
    "answers.eom.accept.x=1", "times.eom.99=1", "errors.none=1", "member=1", "member.a=1",
    "member.a.x=1", "member.a%.messages=1", "member.a.decisions.none=1", "member..x=1",
  ])
  func `Invalid data from a worker counts as nothing`(text: String) {
    #expect(WorkerCounts(text: text).statistics == MilterStatistics())
    #expect(WorkerCounts(text: text).text == "")
  }

  @Test func `The number of members that a worker can invent is limited`() {
    var totals = WorkerTotals()
    for turn in 1...3 {
      let words = (0..<1000).map { "member.m\(turn)-\($0).messages=1" }
      totals.set(WorkerCounts(text: words.joined(separator: " ")), of: turn)
      totals.end(turn)
    }
    #expect(totals.statistics.members.count == WorkerCounts.mostMembers)
  }

  @Test func `The largest numbers of many workers do not overflow`() {
    let largest = (1 << 58) - 1
    let words = (0...13).map { "times.eom.\($0)=\(largest)" } + ["messages=\(largest)"]
    var totals = WorkerTotals()
    for turn in 1...100 {
      totals.set(WorkerCounts(text: words.joined(separator: " ")), of: turn)
      totals.end(turn)
    }
    #expect(totals.statistics.prometheus(filter: "F").contains("milter_messages_total"))
  }
}

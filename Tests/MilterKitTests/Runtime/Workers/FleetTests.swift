import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterRuntime

/// A supervisor's reactions to misbehaving workers.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct FleetTests {
  // MARK: Watchdog messages

  @Test func `Only the engine's own reply is a progress reply`() throws {
    let fleet = try Fleet(
      script: """
        echo ready >&4
        read question <&4
        echo 'statistics 9 messages=1' >&4
        echo 'status 9 idle=0' >&4
        echo reloading >&4
        echo 'statistics 0 messages=7' >&4
        read question <&4
        echo alive >&4
        exec cat <&4 >/dev/null
        """)
    try fleet.begin()
    #expect(fleet.fleet.processes[1]?.lastSign != 0)
    fleet.fleet.processes[1]?.lastSign = 0
    fleet.fleet.processes[1]?.send(.list)
    try fleet.run(until: "the statistics") { $0.totals.statistics.messages == 7 }
    #expect(fleet.fleet.processes[1]?.lastSign == 0)
    fleet.fleet.processes[1]?.send(.list)
    try fleet.run(until: "the sign") { $0.processes[1]?.lastSign != 0 }
  }

  @Test func `A supervisor that was stopped kills no worker for its own silence`() throws {
    let fleet = try Fleet()
    try fleet.begin()
    fleet.fleet.patience = .seconds(30)
    fleet.fleet.processes[1]?.lastSign = 0
    fleet.fleet.lastTick = 0
    fleet.fleet.tick()
    #expect(fleet.fleet.processes[1]?.lastSign != 0)
    #expect(!fleet.log.all.contains { $0.contains("has not responded") })
    // This time, the supervisor was not stopped.
    fleet.fleet.processes[1]?.lastSign = 0
    fleet.fleet.lastTick = .max
    fleet.fleet.tick()
    #expect(fleet.log.all.contains { $0.contains("has not responded for ") })
    try fleet.run(until: "the worker's end") { $0.processes[1] == nil }
  }

  @Test func `A worker that floods the channel does not delay others`() throws {
    // The first worker writes without end, the second one once.
    let fleet = try Fleet(
      2,
      script: """
        case $MILTER_WORKER in
          *:1:1:*) echo ready >&4; exec yes 'statistics 0 messages=3' >&4 ;;
          *) echo ready >&4; echo 'statistics 0 messages=4' >&4; exec cat <&4 >/dev/null ;;
        esac
        """)
    try fleet.begin()
    try fleet.run(until: "both") { $0.totals.statistics.messages == 7 }
    for turn in [1, 1, 1] { fleet.fleet.received(from: turn) }
    #expect(fleet.fleet.processes[1]?.phase == .serving)
    #expect(fleet.fleet.totals.statistics.messages == 7)
  }

  // MARK: Workers that do not start

  @Test func `A worker that fails repeatedly is not restarted before SIGHUP`() throws {
    let fleet = try Fleet(2)
    try fleet.begin()
    try fleet.script("exit 3")
    try fleet.kill(1)
    for failure in 1...RestartPolicy.mostFailures {
      try fleet.run(until: "failure \(failure)") { $0.slots[0].current == nil }
      #expect(fleet.fleet.slots[0].isAbandoned == (failure == RestartPolicy.mostFailures))
      fleet.endPauses()
    }
    #expect(
      fleet.log.all.contains {
        $0.hasPrefix(
          "error: worker 1 has ended 7 times in a row before it served, and is not started")
      })
    #expect(fleet.fleet.processes.keys.sorted() == [2])
    #expect(fleet.fleet.phase == .serving)
    try fleet.script(Fleet.serving)
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "a worker") { $0.servingCount == 2 }
  }

  @Test func `When no worker is left the program ends`() throws {
    let fleet = try Fleet()
    try fleet.begin()
    try fleet.script("exit 3")
    try fleet.kill(1)
    for _ in 1...RestartPolicy.mostFailures {
      try fleet.run(until: "a failure") { $0.slots[0].current == nil }
      fleet.endPauses()
    }
    #expect(fleet.log.all.contains("error: no worker is left"))
    #expect(fleet.fleet.isOver)
    #expect(fleet.fleet.status == 1)
  }

  // MARK: Reloads and replacements

  private static let hanging = "exec sleep 3600"
  private static let reloading = """
    echo ready >&4
    while read -r command <&4; do
      test "$command" = "${command#reload}" || echo "reloaded${command#reload}" >&4
    done
    """

  @Test func `A successor that does not become ready is killed after a time`() throws {
    let fleet = try Fleet(2, script: Self.reloading)
    try fleet.begin()
    try fleet.script(Self.hanging)
    fleet.fleet.signal(.user2)
    fleet.fleet.signal(.hangup)
    #expect(fleet.fleet.round?.kind == .replace)
    #expect(fleet.fleet.slots[0].successor == 3)
    fleet.fleet.tick()
    #expect(fleet.fleet.slots[0].successor == 3)
    fleet.fleet.round?.since = 0
    fleet.fleet.tick()
    #expect(
      fleet.log.all.contains {
        $0.contains("with the new program is not ready after 300.0 seconds and is killed")
      })
    // The reload, which waited for the replacement, begins.
    try fleet.run(until: "the reload") { $0.round == nil && $0.processes.count == 2 }
    #expect(fleet.log.all.last == "notice: all workers have reloaded")
    #expect(fleet.fleet.slots.map(\.current) == [1, 2])
    #expect(fleet.fleet.slots.allSatisfy { $0.successor == nil })
  }

  @Test func `A reload that ends a worker does not continue with others`() throws {
    let fleet = try Fleet(
      2,
      script: """
        echo ready >&4
        while read -r command <&4; do test "$command" != "${command#reload}" && exit 7; done
        """)
    try fleet.begin()
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "the worker's end") { $0.processes[1] == nil && $0.servingCount == 2 }
    #expect(fleet.fleet.round == nil)
    #expect(fleet.fleet.slots.map(\.current) == [3, 2])
    #expect(
      fleet.log.all.contains {
        $0.hasPrefix("error: worker 1 (process ")
          && $0.hasSuffix(") ended while it reloaded, so the workers after it are not asked to")
      })
    #expect(!fleet.log.all.contains("notice: all workers have reloaded"))
  }

  @Test func `A reload continues after a worker that stops by itself`() throws {
    let fleet = try Fleet(
      2,
      script: """
        echo ready >&4
        case $MILTER_WORKER in *:1:1:*) read -r command <&4; exit 0 ;; esac
        while read -r command <&4; do
          test "$command" = "${command#reload}" || echo "reloaded${command#reload}" >&4
        done
        """)
    try fleet.begin()
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "the reload") { $0.round == nil && $0.servingCount == 2 }
    #expect(fleet.log.all.contains("notice: all workers have reloaded"))
  }

  @Test func `SIGUSR2 ends a replacement whose successor hangs, and begins again`() throws {
    let fleet = try Fleet(2)
    try fleet.begin()
    try fleet.script(Self.hanging)
    fleet.fleet.signal(.user2)
    try fleet.script(Fleet.serving)
    fleet.fleet.signal(.user2)
    try fleet.run(until: "the round") { $0.round == nil }
    #expect(fleet.log.all.contains("notice: the workers are replaced from the first one on"))
    #expect(fleet.log.all.last == "notice: all workers are replaced")
    #expect(fleet.fleet.slots.map(\.current) == [4, 5])
  }

  @Test func `SIGUSR2 replaces a worker whose reload hangs`() throws {
    let fleet = try Fleet(2)
    try fleet.begin()
    fleet.fleet.signal(.hangup)
    fleet.fleet.signal(.hangup)
    #expect(fleet.fleet.round?.awaited == 1)
    try fleet.script(Self.reloading)
    fleet.fleet.signal(.user2)
    try fleet.run(until: "the rounds") { $0.round == nil }
    #expect(fleet.fleet.slots.map(\.current) == [3, 4])
  }

  @Test func `A reload that takes too long does not delay the next`() throws {
    let fleet = try Fleet(2)
    try fleet.begin()
    fleet.fleet.signal(.hangup)
    fleet.fleet.round?.since = 0
    fleet.fleet.tick()
    #expect(fleet.fleet.round == nil)
    #expect(fleet.log.all.last?.contains("has not reloaded within 300.0 seconds") ?? false)
  }

  @Test func `A late answer to an abandoned reload does not count for the next one`() throws {
    // The worker answers the first reload only after the second one was requested.
    let fleet = try Fleet(
      script: """
        echo ready >&4
        read -r first <&4
        read -r statistics <&4
        read -r second <&4
        echo "reloaded${first#reload}" >&4
        echo 'statistics 0 messages=7' >&4
        read -r third <&4
        echo "reloaded${second#reload}" >&4
        exec cat <&4 >/dev/null
        """)
    try fleet.begin()
    fleet.fleet.signal(.hangup)
    fleet.fleet.round?.since = 0
    fleet.fleet.tick()
    #expect(fleet.fleet.round == nil)
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "the late answer") { $0.totals.statistics.messages == 7 }
    #expect(fleet.fleet.round?.awaited == 1)
    fleet.fleet.processes[1]?.send(.list)
    try fleet.run(until: "the reload") { $0.round == nil }
    #expect(fleet.log.all.last == "notice: all workers have reloaded")
  }

  @Test func `A worker that was replaced and does not end is killed`() throws {
    let fleet = try Fleet()
    try fleet.begin()
    fleet.fleet.signal(.user2)
    try fleet.run(until: "the successor") { $0.round == nil }
    #expect(fleet.fleet.processes.keys.sorted() == [1, 2])
    #expect(fleet.fleet.processes[2]?.killAt == nil)
    fleet.fleet.tick()
    fleet.fleet.processes[1]?.killAt = 0
    fleet.fleet.tick()
    try fleet.run(until: "the end") { $0.processes.count == 1 }
    #expect(fleet.log.all.contains { $0.hasSuffix(") does not end and is killed") })
    #expect(fleet.fleet.totals.crashes == 0)
  }

  // MARK: Settings

  @Test func `The supervisor adopts the drain time and the log level after its workers`()
    throws
  {
    let fleet = try Fleet(2, script: Self.reloading) {
      var configuration = MilterConfiguration(drain: .seconds(99))
      configuration.log.level = .warning
      return configuration
    }
    try fleet.begin()
    #expect(fleet.fleet.drain == .seconds(30))
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "the reload") { $0.round == nil }
    #expect(fleet.fleet.drain == .seconds(99))
    #expect(fleet.fleet.log.level == .warning)
  }

  @Test func `It keeps them if a worker has not reloaded, and if they cannot be read`() throws {
    struct Broken: Error {}
    let fails = Counter()
    let fleet = try Fleet(2, script: Self.reloading) {
      fails.add()
      throw Broken()
    }
    try fleet.begin()
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "the reload") { $0.round == nil }
    #expect(fleet.fleet.drain == .seconds(30))
    #expect(fails.value == 1)
    #expect(fleet.log.all.contains { $0.hasPrefix("error: the supervisor keeps its drain time") })
    try fleet.script(
      "echo ready >&4; read -r command <&4; echo not-$command | sed s/reload/reloaded/ >&4; exec cat <&4"
    )
    fleet.fleet.signal(.user2)
    try fleet.run(until: "the workers") { $0.round == nil }
    let count = fails.value
    fleet.fleet.signal(.hangup)
    try fleet.run(until: "the reload") { $0.round == nil }
    #expect(fails.value == count)
  }
}

import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

/// A filter program with several workers.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct WorkerTests {
  let directory: ScratchDirectory

  init() throws {
    directory = try ScratchDirectory()
    try "x".write(toFile: file("settings"), atomically: true, encoding: .utf8)
  }

  private func file(_ name: String) -> String { directory.path + "/" + name }

  private func start(
    workers: Int, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> OperatedProcess {
    try OperatedProcess(
      ["--socket", "unix:" + file("s"), "--workers", "\(workers)"] + arguments,
      environment: [
        "SETTINGS": file("settings"), "PROCESS": "1",
        // A signal of another process is no crash to the runtime's own handler, which it survives.
        "SWIFT_BACKTRACE": "enable=no",
      ].merging(environment) { $1 })
  }

  // MARK: Crashes

  @Test(arguments: [SIGSEGV, SIGKILL, SIGABRT])
  func `A worker that crashes takes its own sessions along, and another takes its place`(
    signal: Int32
  ) throws {
    let process = try start(workers: 3)
    let address = try process.serve(with: 3)
    let workers = try process.waitForWorkers(3)
    // Until each worker has some.
    var sessions: [WorkerSession] = []
    while Set(sessions.map(\.worker)).count < 3 || sessions.count < 9 {
      sessions.append(try WorkerSession(address))
      try #require(sessions.count < 500)
    }
    let victim = workers[1]
    kill(victim, signal)
    _ = try process.log.line {
      $0.contains("worker 2 (process \(victim)) ended with signal \(signal) (")
    }
    for session in sessions {
      #expect(try session.next() == (session.worker == victim ? nil : session.worker))
    }
    let now = try process.waitForWorkers(3, without: [victim])
    #expect(Set(now).intersection(workers) == Set(workers).subtracting([victim]))
    // The new one serves as well.
    let newcomer = try #require(Set(now).subtracting(workers).first)
    while try WorkerSession(address).worker != newcomer {}
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `A callback that traps ends its own worker only`() throws {
    let process = try start(workers: 2)
    let address = try process.serve(with: 2)
    let session = try WorkerSession(address)
    var other = try WorkerSession(address)
    while other.worker == session.worker { other = try WorkerSession(address) }
    #expect(try session.next(header: "X-Trap") == nil)
    _ = try process.log.line { $0.contains("(process \(session.worker)) ended with signal") }
    #expect(try other.next() == other.worker)
    _ = try process.waitForWorkers(2, without: [session.worker])
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `A worker that ends by SIGTERM is started again`() throws {
    let process = try start(workers: 2)
    let address = try process.serve(with: 2)
    let session = try WorkerSession(address)
    kill(session.worker, SIGTERM)
    _ = try process.log.line { $0.contains("(process \(session.worker)) has stopped") }
    _ = try process.waitForWorkers(2, without: [session.worker])
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  // MARK: Workers that do not start

  @Test(arguments: [
    (["--odd", "--tag", "x"], Int32(64), "exclude each other"),
    (["--tag"], 64, "needs an argument"),
  ])
  func `A wrong command line ends the program before there is a worker`(
    arguments: [String], status: Int32, words: String
  ) throws {
    let process = try start(workers: 2, arguments)
    #expect(process.waitForExit() == status)
    let lines = try process.log.toEnd()
    #expect(lines.count { $0.contains(words) } == 1)
    #expect(!FileManager.default.fileExists(atPath: file("s")))
  }

  @Test func `Workers that do not come to serve are reported once, and end the program`() throws {
    try Data().write(to: URL(filePath: file("unprepared")))
    let process = try start(
      workers: 4, ["--pidfile", file("pid")], environment: ["UNPREPARED": file("unprepared")])
    #expect(process.waitForExit() == 1)
    let lines = try process.log.toEnd()
    #expect(lines.count { $0.contains("ended with status 1 before it served") } == 1)
    #expect(lines.count { $0.contains("Broken") } == 1)
    #expect(!lines.contains { $0.contains("listening on ") })
    #expect(!FileManager.default.fileExists(atPath: file("s")))
    #expect(!FileManager.default.fileExists(atPath: file("pid")))
  }

  @Test func `A worker that fails again and again is given up until SIGHUP`() throws {
    let process = try start(workers: 2, environment: ["UNPREPARED": file("unprepared")])
    let address = try process.serve(with: 2)
    let session = try WorkerSession(address)
    let workers = try process.waitForWorkers(2)
    let victim = try #require(workers.first { $0 != session.worker })
    try Data().write(to: URL(filePath: file("unprepared")))
    kill(victim, SIGKILL)
    _ = try process.log.line { $0.contains("has ended 5 times in a row before it served") }
    #expect(try process.waitForWorkers(1) == [session.worker])
    #expect(try session.next() == session.worker)
    try FileManager.default.removeItem(atPath: file("unprepared"))
    process.signal(SIGHUP)
    _ = try process.waitForWorkers(2, without: [victim])
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `When no worker is left the program ends`() throws {
    let process = try start(workers: 1, environment: ["UNPREPARED": file("unprepared")])
    _ = try process.serve(with: 1)
    try Data().write(to: URL(filePath: file("unprepared")))
    kill(try process.waitForWorkers(1)[0], SIGKILL)
    #expect(process.waitForExit() == 1)
    #expect(try process.log.toEnd().contains("error: no worker is left"))
  }

  @Test func `Workers end with a supervisor that is killed`() throws {
    let process = try start(workers: 2)
    _ = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    process.signal(SIGKILL)
    #expect(process.waitForExit() == 128 + SIGKILL)
    for worker in workers {
      try poll(for: "the end of \(worker)") { kill(worker, 0) == -1 ? () : nil }
    }
    let next = try start(workers: 2)
    _ = try next.serve(with: 2)
    next.signal(SIGTERM)
    #expect(next.waitForExit() == 0)
  }

  @Test func `A program that a filter of many processes cannot be says so`() throws {
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1", "--workers", "2"],
      environment: ["SETTINGS": file("settings"), "SINGLE": "1"])
    #expect(process.waitForExit() == 64)
    #expect(
      try process.log.toEnd().contains {
        $0.contains(
          "--workers 2: milter-operated-filter keeps what it knows in one process; give --workers 1"
        )
      })
  }

  // MARK: Signals

  @Test func `SIGTERM waits for messages under way in all workers`() throws {
    let gate = Gate(in: directory)
    let process = try start(
      workers: 2, ["--pidfile", file("pid"), "--drain", "3600"],
      environment: ["GATE": gate.path])
    let address = try process.serve(with: 2)
    #expect(try String(contentsOfFile: file("pid"), encoding: .utf8) == "\(process.pid)\n")
    let mtas = try (0..<6).map { _ in try TestMTA(address) }
    for mta in mtas {
      try mta.greet()
      try mta.envelope()
      try mta.send(.endOfBody([]))
    }
    for number in 1...6 { _ = try process.log.line(number) { $0 == "in eom" } }
    process.signal(SIGTERM)
    _ = try process.log.line { $0 == "notice: worker 1: the supervisor: stopping" }
    gate.open()
    for mta in mtas {
      var last: FilterReply?
      repeat { last = try mta.receive() } while last?.code == .addheader
      #expect(last == .accept)
    }
    #expect(process.waitForExit() == 0)
    #expect(!FileManager.default.fileExists(atPath: file("s")))
    #expect(!FileManager.default.fileExists(atPath: file("pid")))
  }

  @Test func `SIGINT waits for nothing`() throws {
    let gate = Gate(in: directory)
    let process = try start(
      workers: 2, ["--drain", "3600"], environment: ["GATE": gate.path])
    let mta = try TestMTA(try process.serve(with: 2))
    try mta.greet()
    try mta.envelope()
    try mta.send(.endOfBody([]))
    _ = try process.log.line { $0 == "in eom" }
    process.signal(SIGTERM)
    _ = try process.log.line { $0 == "notice: worker 1: the supervisor: stopping" }
    process.signal(SIGINT)
    #expect(process.waitForExit() == 0)
    withExtendedLifetime(gate) {}
  }

  @Test func `SIGHUP reloads one worker after the other`() throws {
    let process = try start(workers: 3)
    let address = try process.serve(with: 3)
    let workers = try process.waitForWorkers(3)
    try "y".write(toFile: file("settings"), atomically: true, encoding: .utf8)
    process.signal(SIGHUP)
    _ = try process.log.line { $0 == "notice: all workers have reloaded" }
    _ = try process.log.line(3) { $0.hasSuffix(": reloaded") }
    let order = process.log.all.filter { $0.hasSuffix(": reloaded") }
    #expect(order == (1...3).map { "notice: worker \($0): reloaded" })
    #expect(try process.waitForWorkers(3) == workers)
    for _ in 0..<20 {
      let mta = try TestMTA(address)
      try mta.greet()
      #expect(try mta.message().first == .addheader(name: bytes("X-Settings"), value: bytes("y")))
    }
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `A reload that fails in one worker reaches no other`() throws {
    let process = try start(workers: 3)
    let address = try process.serve(with: 3)
    // The settings are read when the first filter is made.
    var workers: Set<pid_t> = []
    while workers.count < 3 { workers.insert(try WorkerSession(address).worker) }
    try "broken".write(toFile: file("settings"), atomically: true, encoding: .utf8)
    process.signal(SIGHUP)
    _ = try process.log.line { $0.contains("has not reloaded") }
    #expect(process.log.all.count { $0.contains("reloading failed") } == 1)
    for _ in 0..<20 {
      let mta = try TestMTA(address)
      try mta.greet()
      #expect(try mta.message().first == .addheader(name: bytes("X-Settings"), value: bytes("x")))
    }
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `SIGUSR1 has all workers list their connections`() throws {
    let process = try start(workers: 2)
    let session = try WorkerSession(try process.serve(with: 2))
    process.signal(SIGUSR1)
    for number in 1...2 {
      _ = try process.log.line {
        $0.contains("worker \(number): ") && $0.contains(" connections: ")
      }
    }
    _ = try process.log.line { $0.contains("#1, mx [192.0.2.7:25]: ") }
    #expect(try session.next() == session.worker)
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `A filter that stops its server stops all workers`() throws {
    let process = try start(workers: 3)
    let session = try WorkerSession(try process.serve(with: 3))
    #expect(try session.next(header: "X-Stop") == session.worker)
    #expect(process.waitForExit() == 0)
  }

  // MARK: What the supervisor does for them

  @Test func `The service manager hears of the supervisor alone`() throws {
    let manager = try NotifySocket(in: directory)
    let process = try start(
      workers: 3, environment: ["NOTIFY_SOCKET": manager.path])
    #expect(manager.next() == "READY=1")
    #expect(try process.waitForWorkers(3).count == 3)
    process.signal(SIGHUP)
    #expect(manager.next().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(manager.next() == "READY=1")
    _ = try process.log.line(3) { $0.hasSuffix(": reloaded") }
    process.signal(SIGTERM)
    #expect(manager.next() == "STOPPING=1")
    #expect(process.waitForExit() == 0)
  }

  @Test func `The watchdog kills a worker that stands still`() throws {
    let manager = try NotifySocket(in: directory)
    let process = try start(
      workers: 2, environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "10000000"])
    #expect(manager.nextEvent() == "READY=1")
    #expect(manager.next() == "WATCHDOG=1")
    let victim = try process.waitForWorkers(2)[0]
    kill(victim, SIGSTOP)
    _ = try process.log.line { $0.contains("(process \(victim)) has given no sign of life for ") }
    _ = try process.waitForWorkers(2, without: [victim])
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
  }

  @Test func `Sockets of the service manager are shared, and stay`() throws {
    let sockets = try [
      ListeningSocket(SocketSpec("unix:" + file("m"))), ListeningSocket(SocketSpec("inet:0")),
    ]
    defer { withExtendedLifetime(sockets) {} }
    let process = try OperatedProcess(
      ["--workers", "2"], environment: ["SETTINGS": file("settings"), "PROCESS": "1"],
      inherited: sockets.map(\.descriptor))
    _ = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    for socket in sockets {
      #expect(workers.contains(try WorkerSession("\(socket.localAddress)").worker))
    }
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
    #expect(FileManager.default.fileExists(atPath: file("m")))
    let waiting = try TestMTA("unix:" + file("m"))
    try waiting.send(TestMTA.offer)
    let next = try OperatedProcess(["--workers", "2"], inherited: sockets.map(\.descriptor))
    #expect(try waiting.receive()?.code == .negotiate)
    next.signal(SIGTERM)
    #expect(next.waitForExit() == 0)
  }

  @Test func `Workers give up privileges, and those that come later as well`() throws {
    let user = try #require(getpwnam("nobody")).pointee
    guard geteuid() == 0 else {
      #expect(try start(workers: 1, ["--user", "nobody"]).waitForExit() == 1)
      return
    }
    chmod(directory.path, 0o755)
    let process = try start(
      workers: 2, ["--socket-mode", "666", "--user", "nobody"], environment: ["PREPARING": "1"])
    let address = try process.serve(with: 2)
    func users(_ process: pid_t) throws -> Set<String> {
      let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
      let line = text.split(separator: "\n").first { $0.hasPrefix("Uid:") } ?? ""
      return Set(line.split(separator: "\t").dropFirst().map(String.init))
    }
    let workers = try process.waitForWorkers(2)
    for worker in workers { #expect(try users(worker) == ["\(user.pw_uid)"]) }
    kill(workers[0], SIGKILL)
    let newcomers = Set(try process.waitForWorkers(2, without: [workers[0]])).subtracting(workers)
    let newcomer = try #require(newcomers.first)
    while try WorkerSession(address).worker != newcomer {}
    #expect(try users(newcomer) == ["\(user.pw_uid)"])
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
    let lines = try process.log.toEnd()
    #expect(lines.count { $0.hasSuffix("with privileges: user 0") } == 3)
    #expect(lines.count { $0.hasSuffix("prepared: user \(user.pw_uid)") } == 3)
  }

  // MARK: Statistics

  @Test func `The statistics of all workers add up`() throws {
    let process = try start(
      workers: 3, ["--metrics", file("m.prom"), "--metrics-listen", "unix:" + file("metrics")])
    let address = try process.serve(with: 3)
    func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double? {
      let response = try HTTPClient.get("/metrics", of: "unix:" + file("metrics"))
      let labels = labels.merging(["filter": "milter-operated-filter"]) { $1 }
      return try PrometheusParser(response.body)["milter_" + name, labels]
    }
    #expect(try HTTPClient.get("/healthz", of: "unix:" + file("metrics")).status == 200)
    var sessions: [WorkerSession] = []
    while Set(sessions.map(\.worker)).count < 3 || sessions.count < 12 {
      sessions.append(try WorkerSession(address))
    }
    let count = Double(sessions.count)
    let accepted = ["callback": "eom", "status": "accept"]
    #expect(try value("connections_total") == count)
    #expect(try value("connections_open") == count)
    #expect(try value("messages_total") == count)
    #expect(try value("answers_total", accepted) == count)
    #expect(try value("callback_duration_seconds_count", ["callback": "eom"]) == count)
    #expect(try value("workers") == 3)
    #expect(try value("worker_crashes_total") == 0)
    // What was asked for just now is not lost.
    let victim = sessions[0].worker
    kill(victim, SIGKILL)
    _ = try process.waitForWorkers(3, without: [victim])
    let left = sessions.count { $0.worker != victim }
    try poll(for: "the new worker") { try value("workers") == 3 ? () : nil }
    #expect(try value("worker_crashes_total") == 1)
    #expect(try value("messages_total") == count)
    #expect(try value("connections_open") == Double(left))
    for session in sessions where session.worker != victim { _ = try session.next() }
    process.signal(SIGTERM)
    #expect(process.waitForExit() == 0)
    let text = try String(contentsOfFile: file("m.prom"), encoding: .utf8)
    let labels = ["filter": "milter-operated-filter"]
    #expect(
      try PrometheusParser(text)["milter_messages_total", labels] == count + Double(left))
    #expect(try PrometheusParser(text)["milter_connections_open", labels] == 0)
  }
}

import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

/// The services of a supervisor for its workers.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct SupervisorTests {
  let program: WorkerProgram

  init() throws { program = try WorkerProgram() }

  // MARK: Services of the supervisor

  @Test func `Only the supervisor notifies the service manager`() throws {
    let manager = try NotifySocket(in: program.directory)
    let process = try program.start(
      workers: 3, environment: ["NOTIFY_SOCKET": manager.path])
    #expect(try manager.next() == "READY=1")
    #expect(try process.waitForWorkers(3).count == 3)
    process.signal(SIGHUP)
    #expect(try manager.next().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(try manager.next() == "READY=1")
    _ = try process.log.line(3) { $0.hasSuffix(": reloaded") }
    process.signal(SIGTERM)
    #expect(try manager.next() == "STOPPING=1")
    #expect(try process.waitForExit() == 0)
  }

  @Test func `Without word to the service manager the workers serve, and the log has the reason`()
    throws
  {
    let process = try program.start(
      workers: 1, environment: ["NOTIFY_SOCKET": String(repeating: "x", count: 200)])
    _ = try process.serve(with: 1)
    let reason = "warning: the service manager was not notified: "
    #expect(process.log.all.contains { $0.hasPrefix(reason) })
    try process.stop()
  }

  @Test func `The watchdog kills a stopped worker`() throws {
    let manager = try NotifySocket(in: program.directory)
    let process = try program.start(
      workers: 2, environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "10000000"])
    #expect(try manager.nextEvent() == "READY=1")
    #expect(try manager.next() == "WATCHDOG=1")
    let victim = try process.waitForWorkers(2)[0]
    kill(victim, SIGSTOP)
    _ = try process.log.line { $0.contains("(process \(victim)) has not responded for ") }
    _ = try process.waitForWorkers(2, without: [victim])
    try process.stop()
  }

  @Test func `Sockets of the service manager are shared, and stay open`() throws {
    let sockets = try [
      ListeningSocket(SocketSpec("unix:" + program.file("m"))),
      ListeningSocket(SocketSpec("inet:0")),
    ]
    defer { withExtendedLifetime(sockets) {} }
    let process = try OperatedProcess(
      ["--workers", "2"], environment: ["SETTINGS": program.file("settings"), "PROCESS": "1"],
      inherited: sockets.map(\.descriptor))
    _ = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    for socket in sockets {
      #expect(workers.contains(try WorkerSession("\(socket.localAddress)").worker))
    }
    try process.stop()
    #expect(FileManager.default.fileExists(atPath: program.file("m")))
    let waiting = try TestMTA("unix:" + program.file("m"))
    try waiting.send(TestMTA.offer)
    let next = try OperatedProcess(["--workers", "2"], inherited: sockets.map(\.descriptor))
    #expect(try waiting.receive()?.code == .negotiate)
    try next.stop()
  }

  private static func users(_ process: pid_t) throws -> Set<String> {
    Set(try ProcFile.status("Uid", of: process))
  }

  @Test func `All workers drop privileges, including later ones`() throws {
    let user = try #require(getpwnam("nobody")).pointee
    guard geteuid() == 0 else {
      #expect(try program.start(workers: 1, ["--user", "nobody"]).waitForExit() == 1)
      return
    }
    chmod(program.directory.path, 0o755)
    let process = try program.start(
      workers: 2, ["--socket-mode", "666", "--user", "nobody"], environment: ["PREPARING": "1"])
    let address = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    for worker in workers { #expect(try Self.users(worker) == ["\(user.pw_uid)"]) }
    kill(workers[0], SIGKILL)
    let newcomers = Set(try process.waitForWorkers(2, without: [workers[0]])).subtracting(workers)
    let newcomer = try #require(newcomers.first)
    _ = try WorkerSession.begin(address, with: "the new worker") { $0 == newcomer }
    #expect(try Self.users(newcomer) == ["\(user.pw_uid)"])
    try process.stop()
    let lines = try process.log.toEnd()
    #expect(lines.count { $0.hasSuffix("with privileges: user 0") } == 3)
    #expect(lines.count { $0.hasSuffix("prepared: user \(user.pw_uid)") } == 3)
  }

  @Test(.needsRoot("only root gives up privileges"))
  func `A supervisor whose workers need no privileges also drops them`() throws {
    let user = try #require(getpwnam("nobody")).pointee
    // The program is copied, because other users may have no access to the build folder.
    try Subprocess.succeed("/bin/cp", [BuiltProgram.path(of: "greeter"), program.file("greeter")])
    let process = try OperatedProcess(
      [
        "--socket", "unix:" + program.file("s"), "--socket-mode", "666", "--workers", "2", "--user",
        "nobody", "--pidfile", program.file("pid"), "--control", "unix:" + program.file("control"),
      ], at: program.file("greeter"))
    let address = try process.serve(with: 2)
    #expect(Set(try process.field("Uid")) == ["\(user.pw_uid)"])
    #expect(Set(try process.field("Gid")) == ["\(user.pw_gid)"])
    // Only root, who opened the control socket, may use it.
    let control = try FileManager.default.attributesOfItem(atPath: program.file("control"))
    #expect(control[.ownerAccountID] as? Int == 0)
    #expect(control[.posixPermissions] as? Int == 0o600)
    // A worker that is started later also serves.
    let workers = try process.waitForWorkers(2)
    kill(workers[0], SIGKILL)
    _ = try process.waitForWorkers(2, without: [workers[0]])
    try process.reload { $0 == "notice: all workers have reloaded" }
    let mta = try TestMTA(address)
    try mta.greet()
    #expect(try mta.message().last == .accept)
    try process.stop()
    // The supervisor has no permission to remove the pidfile, so it empties the file.
    #expect(try String(contentsOfFile: program.file("pid"), encoding: .utf8) == "")
  }

  /// The supervisor may no longer have the right to start workers as another user.
  @Test(.needsRoot("only root gives up privileges"), arguments: [true, false])
  func `A changed user has no effect on workers before a restart`(keepsRights: Bool) throws {
    let user = try #require(getpwnam("nobody")).pointee
    let name = keepsRights ? "milter-operated-filter" : "greeter"
    try Subprocess.succeed("/bin/cp", [BuiltProgram.path(of: name), program.file("filter")])
    chmod(program.directory.path, 0o755)
    let settings = """
      socket = unix:\(program.file("s"))
      socket-mode = 666
      workers = 2

      """
    try program.directory.write(settings + "user = nobody\n", to: "conf")
    let process = try OperatedProcess(
      ["--config", program.file("conf")], at: program.file("filter"),
      environment: keepsRights
        ? ["SETTINGS": program.file("settings"), "PROCESS": "1", "PREPARING": "1"] : [:])
    _ = try process.serve(with: 2)
    #expect(Set(try process.field("Uid")) == [keepsRights ? "0" : "\(user.pw_uid)"])
    for (count, line) in ["user = daemon", ""].enumerated() {
      try program.directory.write(settings + line + "\n", to: "conf")
      let workers = try process.waitForWorkers(2)
      kill(workers[0], SIGKILL)
      // The new worker runs as its final user once it has reloaded.
      let later = try process.waitForWorkers(2, without: [workers[0]])
      try process.reload(count + 1) { $0 == "notice: all workers have reloaded" }
      for worker in later { #expect(try Self.users(worker) == ["\(user.pw_uid)"], "\(line)") }
    }
    try process.stop()
  }

  @Test func `A socket of the service manager for statistics is not used for mail`() throws {
    let sockets = try [
      ListeningSocket(SocketSpec("unix:" + program.file("pages"))),
      ListeningSocket(SocketSpec("unix:" + program.file("m"))),
    ]
    defer { withExtendedLifetime(sockets) {} }
    let process = try OperatedProcess(
      ["--workers", "2", "--metrics-listen", "fd:3"],
      environment: ["SETTINGS": program.file("settings"), "PROCESS": "1"],
      inherited: sockets.map(\.descriptor))
    _ = try process.serve(with: 2)
    #expect(
      try process.waitForWorkers(2).contains(WorkerSession("unix:" + program.file("m")).worker))
    #expect(try HTTPClient.get("/healthz", of: "unix:" + program.file("pages")).status == 200)
    try process.stop()
  }

  // MARK: Statistics

  @Test func `The statistics of all workers add up`() throws {
    let process = try program.start(
      workers: 3,
      ["--metrics", program.file("m.prom"), "--metrics-listen", "unix:" + program.file("metrics")])
    let address = try process.serve(with: 3)
    func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double? {
      let response = try HTTPClient.get("/metrics", of: "unix:" + program.file("metrics"))
      let labels = labels.merging(["filter": "milter-operated-filter"]) { $1 }
      return try PrometheusParser(response.body)["milter_" + name, labels]
    }
    #expect(try HTTPClient.get("/healthz", of: "unix:" + program.file("metrics")).status == 200)
    let sessions = try WorkerSession.begin(address, with: 3, atLeast: 12, keeping: .max)
    let count = Double(sessions.count)
    let accepted = ["callback": "eom", "status": "accept"]
    #expect(try value("connections_total") == count)
    #expect(try value("connections_open") == count)
    #expect(try value("messages_total") == count)
    #expect(try value("answers_total", accepted) == count)
    #expect(try value("callback_duration_seconds_count", ["callback": "eom"]) == count)
    #expect(try value("workers") == 3)
    #expect(try value("worker_crashes_total") == 0)
    // The counts that a killed worker reported last are kept.
    let victim = sessions[0].worker
    kill(victim, SIGKILL)
    _ = try process.waitForWorkers(3, without: [victim])
    let left = sessions.count { $0.worker != victim }
    try wait(for: "the new worker") { try value("workers") == 3 }
    #expect(try value("worker_crashes_total") == 1)
    #expect(try value("messages_total") == count)
    #expect(try value("connections_open") == Double(left))
    for session in sessions where session.worker != victim { _ = try session.next() }
    try process.stop()
    let text = try String(contentsOfFile: program.file("m.prom"), encoding: .utf8)
    let labels = ["filter": "milter-operated-filter"]
    #expect(
      try PrometheusParser(text)["milter_messages_total", labels] == count + Double(left))
    #expect(try PrometheusParser(text)["milter_connections_open", labels] == 0)
  }
}

import Dispatch
import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// A filter program under a service manager.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ServiceTests {
  let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private func file(_ name: String) -> String { directory.path + "/" + name }

  // MARK: Notifications to the service manager

  @Test func `The manager is notified of start, reload and stop`() throws {
    let manager = try NotifySocket(in: directory)
    try "x".write(toFile: file("settings"), atomically: true, encoding: .utf8)
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1"],
      environment: ["NOTIFY_SOCKET": manager.path, "SETTINGS": file("settings")])
    #expect(try manager.next() == "READY=1")
    // After READY=1, the server accepts connections.
    let mta = try TestMTA(try process.address())
    try mta.greet()
    process.signal(SIGHUP)
    #expect(try manager.next().hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(try manager.next() == "READY=1")
    process.signal(SIGTERM)
    #expect(try manager.next() == "STOPPING=1")
    #expect(try process.waitForExit() == 0)
  }

  @Test func `The watchdog is also notified while the server drains`() throws {
    let manager = try NotifySocket(in: directory)
    let gate = Gate(in: directory)
    // The interval is long, because a notification is lost if the manager's short queue is full.
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1"],
      environment: [
        "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "2000000", "GATE": gate.path,
      ])
    #expect(try manager.nextEvent() == "READY=1")
    #expect(try manager.next() == "WATCHDOG=1")
    let mta = try TestMTA(try process.address())
    try mta.greet()
    _ = try mta.ask(.mail([bytes("<a@b>")]))
    _ = try mta.ask(.rcpt([bytes("<c@d>")]))
    try mta.send(.endOfBody([]))
    _ = try process.log.line { $0 == "in eom" }
    process.signal(SIGTERM)
    #expect(try manager.nextEvent() == "STOPPING=1")
    #expect(try manager.next() == "WATCHDOG=1")
    gate.open()
    #expect(try process.waitForExit() == 0)
  }

  @Test func `The watchdog is notified repeatedly`() throws {
    let manager = try #require(
      try ServiceManager { ["NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "2000"][$0] })
    let server = try TestServer { ScriptedFilter() }
    let engine = try #require(server.server.engine)
    let beats = DispatchSemaphore(value: 0)
    let watchdog = try Watchdog(manager.watchdog, engine) { beats.signal() }
    for _ in 0..<3 { try beats.wait(for: "a beat") }
    watchdog?.cancel()
  }

  // MARK: Sockets of the service manager

  @Test(arguments: ["inet:0@127.0.0.1", "unix"])
  func `Sockets that are handed over are served without an option`(kind: String) throws {
    let spec = kind == "unix" ? "unix:" + file("s") : kind
    let sockets = try [ListeningSocket(SocketSpec(spec)), ListeningSocket(SocketSpec("inet:0"))]
    defer { withExtendedLifetime(sockets) {} }
    let process = try OperatedProcess([], inherited: sockets.map(\.descriptor))
    for socket in sockets {
      let mta = try TestMTA("\(socket.localAddress)")
      try mta.greet()
      #expect(try mta.message().last == .accept, "\(socket.localAddress)")
    }
    try process.stop()
    // The sockets stay open, so a client that connects waits for the next server.
    let waiting = try sockets.map { try TestMTA("\($0.localAddress)") }
    for mta in waiting { try mta.send(TestMTA.offer) }
    let next = try OperatedProcess(
      ["--socket", "fd:3", "--socket", "fd:4"], inherited: sockets.map(\.descriptor))
    for mta in waiting { #expect(try mta.receive()?.code == .negotiate) }
    next.signal(SIGINT)
    #expect(try next.waitForExit() == 0)
    if kind == "unix" { #expect(FileManager.default.fileExists(atPath: file("s"))) }
  }

  @Test func `Sockets of another process are not taken for ours`() throws {
    let process = try OperatedProcess([], environment: ["LISTEN_FDS": "1", "LISTEN_PID": "1"])
    #expect(try process.waitForExit() == 64)
    #expect(MilterServer.inheritedSockets() == [])
  }

  // MARK: Files

  @Test func `If many processes start at once, one gets the path`() throws {
    for _ in 0..<3 {
      let killed = try OperatedProcess(["--socket", "unix:" + file("s")])
      _ = try killed.address()
      killed.signal(SIGKILL)
      #expect(try killed.waitForExit() == 128 + SIGKILL)
      try #require(FileManager.default.fileExists(atPath: file("s")), "a dead socket is in the way")
      let processes = try (0..<12).map { _ in
        try OperatedProcess(["--socket", "unix:" + file("s")])
      }
      var winners: [OperatedProcess] = []
      for process in processes {
        let line = try process.log.line { $0.contains("listen") }
        if line.contains("listening on ") {
          winners.append(process)
        } else {
          // A process locks the path while it starts. The others wait for the lock only briefly.
          #expect(
            line.contains("already in use by a running server") || line.contains("locked for"),
            "\(line)")
          #expect(try process.waitForExit() == 1, "\(line)")
        }
      }
      try #require(winners.count == 1)
      let mta = try TestMTA("unix:" + file("s"))
      try mta.greet()
      #expect(try mta.message().last == .accept)
      winners[0].signal(SIGTERM)
      #expect(try winners[0].waitForExit() == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }
  }

  @Test func `A successor's pidfile is kept`() throws {
    let arguments = ["--socket", "inet:0@127.0.0.1", "--pidfile", file("pid")]
    func content() -> String? { try? String(contentsOfFile: file("pid"), encoding: .utf8) }
    let first = try OperatedProcess(arguments)
    _ = try first.address()
    #expect(content() == "\(first.pid)\n")
    let second = try OperatedProcess(arguments)
    _ = try second.address()
    try first.stop()
    #expect(content() == "\(second.pid)\n")
    try second.stop()
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  @Test func `A pidfile is never partially visible`() throws {
    let path = file("pid")
    _ = try Pidfile(path)
    let (isOver, running) = (Counter(), DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      while isOver.value == 0 { _ = try? Pidfile(path) }
      running.signal()
    }
    for _ in 0..<1000 {
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(getpid())\n")
    }
    isOver.add()
    try running.wait(for: "the last pidfile")
    try Pidfile(path).remove()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  // MARK: User

  @Test func `The socket is opened as root and served as another user`() throws {
    let user = try #require(getpwnam("nobody")).pointee
    let path = file("s")
    let process = try OperatedProcess([
      "--socket", "unix:" + path, "--socket-mode", "666", "--user", "nobody",
      "--pidfile", file("pid"),
    ])
    guard geteuid() == 0 else {
      #expect(try process.waitForExit() == 1)
      #expect(try process.log.toEnd().contains { $0.hasSuffix("start the program as root") })
      return
    }
    _ = try process.address()
    // Only root may write to the directory, so root created the files.
    var status = stat()
    try #require(lstat(path, &status) == 0)
    #expect(status.st_uid == 0)
    #expect(try process.field("Uid") == Array(repeating: "\(user.pw_uid)", count: 4))
    #expect(try process.field("Gid") == Array(repeating: "\(user.pw_gid)", count: 4))
    #expect(try process.field("Groups") == ["\(user.pw_gid)"])
    #expect(try process.field("CapEff") == ["0000000000000000"])
    let mta = try TestMTA("unix:" + path)
    try mta.greet()
    #expect(try mta.message().last == .accept)
    try process.stop()
  }
}

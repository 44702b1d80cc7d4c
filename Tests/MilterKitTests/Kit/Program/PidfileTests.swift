import MilterFilterFixtures
import Foundation
import MilterProcessFixtures
import Testing

@Suite(.ownThread, .timeLimit(.minutes(15))) struct PidfileTests {
  let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private var path: String { directory.path(of: "pid") }

  private func start(_ arguments: String...) throws -> OperatedProcess {
    try OperatedProcess(["--socket", "unix:\(directory.path(of: "s"))"] + arguments)
  }

  @Test(arguments: ["--pidfile", "--metrics"], Obstacle.all)
  func `A program does not start if it would replace something other than a file`(
    option: String, what: String
  ) throws {
    try Obstacle.make(what, at: path)
    let process = try start(option, path)
    #expect(try process.waitForExit() == 1)
    let lines = try process.log.toEnd()
    #expect(lines.count == 1 && lines[0].contains("\(path): \(what) is there"))
    // The socket file is removed.
    #expect(try directory.names() == ["pid"])
    #expect(try Obstacle.isThere(what, at: path))
  }

  @Test(arguments: ["--pidfile", "--metrics"])
  func `The null device is refused`(option: String) throws {
    let process = try start(option, "/dev/null")
    #expect(try process.waitForExit() == 1)
    #expect(try process.log.toEnd().joined().contains("/dev/null: a device is there"))
    var status = stat()
    #expect(lstat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func `A FIFO in place of the pidfile does not delay the end`() throws {
    let process = try start("--pidfile", path)
    _ = try process.address()
    unlink(path)
    try Obstacle.make("a FIFO", at: path)
    try process.stop()
    #expect(try Obstacle.isThere("a FIFO", at: path))
  }

  @Test(.needsRoot("only root gives files away"))
  func `Another user's file is not replaced, but a file of the future user is`() throws {
    let nobody = try #require(getpwnam("nobody")).pointee.pw_uid
    try directory.write("1\n", to: "pid")
    try #require(chown(path, 54321, 54321) == 0)
    let refused = try start("--pidfile", path)
    #expect(try refused.waitForExit() == 1)
    #expect(try refused.log.toEnd().joined().contains("the file there belongs to user 54321"))
    try #require(chown(path, nobody, 0) == 0)
    let process = try start("--pidfile", path, "--user", "nobody")
    _ = try process.address()
    #expect(try directory.text("pid") == "\(process.pid)\n")
    try process.stop()
  }

  @Test(.needsRoot("only root becomes somebody else"), arguments: [true, false])
  func `After --user the pidfile is removed, or emptied if its directory is another's`(
    isOwn: Bool
  ) throws {
    let nobody = try #require(getpwnam("nobody")).pointee.pw_uid
    if isOwn { try #require(chown(directory.path, nobody, 0) == 0) }
    let process = try start("--pidfile", path, "--user", "nobody")
    _ = try process.address()
    #expect(try directory.text("pid") == "\(process.pid)\n")
    try process.stop()
    #expect((try? directory.text("pid")) == (isOwn ? nil : ""))
  }

  @Test func `After any number of signals the pidfile is removed and the exit status is 0`() throws
  {
    for _ in 0..<12 {
      let process = try start("--pidfile", path)
      _ = try process.address()
      // The signals continue until the process has ended. WNOWAIT keeps its process ID reserved.
      let isOver = Counter()
      let signals = DispatchGroup()
      signals.enter()
      Thread.detachNewThread { [pid = process.pid] in
        while isOver.value == 0 {
          kill(pid, SIGTERM)
          sched_yield()
        }
        signals.leave()
      }
      var information = siginfo_t()
      #expect(waitid(P_PID, id_t(process.pid), &information, WEXITED | WNOWAIT) == 0)
      isOver.add()
      signals.wait()
      #expect(try process.waitForExit() == 0)
      #expect(try directory.names() == [])
    }
  }
}

import Foundation
import MilterKit
import MilterPlatform
import MilterSystem
import MilterProcessFixtures
import Testing

/// The C library's syslog, with the test as the daemon.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15))) struct SyslogTests {
  /// The socket that the C library sends to; a machine with a syslog daemon already has it.
  private static let path = "/dev/log"

  /// A datagram socket instead of the daemon's.
  private final class Daemon {
    private let socket: NotifySocket

    init() throws { socket = try NotifySocket(at: SyslogTests.path) }

    deinit { unlink(SyslogTests.path) }

    /// Returns the next line that contains a text; other programs also write lines.
    func line(with text: String) throws -> String {
      while true {
        let line = try socket.next()
        if line.contains(text) { return line }
      }
    }
  }

  @Test(.needsFree(path))
  func `Levels become priorities of the facility MAIL`() throws {
    let daemon = try Daemon()
    let log = MilterLog(level: .debug, write: MilterLog.syslog)
    log.error("%s%n one-\(getpid())")
    // Facility 2 is mail; 3, 4, 5, 6 and 7 are err, warning, notice, info and debug.
    let line = try daemon.line(with: "one-\(getpid())")
    #expect(line.hasPrefix("<19>"))
    #expect(line.contains("%s%n one-"))
    log.warning("two-\(getpid())")
    #expect(try daemon.line(with: "two-\(getpid())").hasPrefix("<20>"))
    log.notice("three-\(getpid())")
    #expect(try daemon.line(with: "three-\(getpid())").hasPrefix("<21>"))
    log.info("four-\(getpid())")
    #expect(try daemon.line(with: "four-\(getpid())").hasPrefix("<22>"))
    log.debug("five-\(getpid())")
    #expect(try daemon.line(with: "five-\(getpid())").hasPrefix("<23>"))
  }

  @Test(.needsFree(path))
  func `A program logs to syslog by its name`() throws {
    let daemon = try Daemon()
    let directory = try ScratchDirectory()
    let program = try StartedProgram(
      BuiltProgram.path(of: "greeter"),
      ["--socket", "unix:\(directory.path)/s", "--log", "syslog"])
    let line = try daemon.line(with: "listening on unix:\(directory.path)/s")
    #expect(line.hasPrefix("<21>"))
    #expect(line.contains(" greeter[\(program.pid)]: listening on "))
    kill(program.pid, SIGTERM)
    let last = try daemon.line(with: "greeter[\(program.pid)]: stopped")
    #expect(last.hasPrefix("<21>"))
    #expect(try program.waitForExit() == 0)
  }

  @Test(.needsFree(path))
  func `A program logs to the facility that was chosen`() throws {
    let daemon = try Daemon()
    let directory = try ScratchDirectory()
    let program = try StartedProgram(
      BuiltProgram.path(of: "greeter"),
      [
        "--socket", "unix:\(directory.path)/s", "--log", "syslog", "--syslog-facility", "local3",
      ])
    // Facility 19 is local3, and 5 is notice.
    let line = try daemon.line(with: "listening on unix:\(directory.path)/s")
    #expect(line.hasPrefix("<157>"))
    kill(program.pid, SIGTERM)
    _ = try daemon.line(with: "greeter[\(program.pid)]: stopped")
    #expect(try program.waitForExit() == 0)
  }
}

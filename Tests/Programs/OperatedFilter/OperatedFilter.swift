// A filter for tests that operate it as a process. It adds a header field with its initial settings.
//
//   SETTINGS=FILE  where they are; "broken" cannot be read
//   PREPARING=1    logs the user as which it prepares
//   --tag WORD     eom adds it as a header
//   --odd          does not go with a tag
//   UNPREPARED=FILE  prepare throws while this file is there
//   SINGLE=1       works in one process only
//   PROCESS=1      eom adds a header with the process's number
//   X-Trap         a message with this header ends the process
//   X-Stop         one with this header stops the server
//   GATE=FILE      eom writes a line to the log, and waits until nobody has this file locked

import Foundation
import MilterKit
import Synchronization

@main
final class OperatedFilter: Milter {
  private static let current = Mutex((try? read()) ?? "none")
  private let settings = OperatedFilter.current.withLock { $0 }

  private static let tag = MilterSetting("tag", argument: "WORD", help: "what to add to messages")
  private static let odd = MilterSetting(flag: "odd", help: "have no tag")
  private static let place = MilterSetting(
    "place", argument: "DIR", default: "/tmp", help: "where it works")
  override class var programOptions: [any MilterProgramOption] { [tag, odd, place.untilRestart] }

  override class var maxWorkers: Int? { variable("SINGLE").map { _ in 1 } }

  struct Broken: Error {}

  override class func checkSettings() throws {
    if odd.value, !tag.value.isEmpty {
      throw MilterUsageError("--odd and --tag exclude each other")
    }
  }

  /// All of them, so that every step has a reply.
  override class var callbacks: MilterCallbacks { .all }

  override class func reload() throws {
    let settings = try read()
    current.withLock { $0 = settings }
  }

  override class func prepareAsRoot() throws { say("with privileges") }
  override class func prepare() throws {
    if let file = variable("UNPREPARED"), access(file, F_OK) == 0 { throw Broken() }
    say("prepared")
  }

  private static func say(_ what: String) {
    if variable("PREPARING") != nil { log.notice("\(what): user \(geteuid())") }
  }

  private static func read() throws -> String {
    let settings = try String(contentsOfFile: variable("SETTINGS") ?? "", encoding: .utf8)
    if settings == "broken" { throw Broken() }
    return settings
  }

  override func header(_ name: String, _ value: String) throws -> Status {
    if name == "X-Trap" { fatalError("a message with X-Trap") }
    if name == "X-Stop" { stopServer() }
    return .continue
  }

  override func eom() throws -> Status {
    if let gate = Self.variable("GATE") {
      FileHandle.standardError.write(Data("in eom\n".utf8))
      let descriptor = open(gate, O_RDONLY)
      flock(descriptor, LOCK_SH)
      Foundation.close(descriptor)
    }
    try addheader("X-Settings", settings)
    if Self.variable("PROCESS") != nil { try addheader("X-Process", "\(getpid())") }
    // Read here, and not when the filter was made: a reload in the middle changes nothing.
    let tag = Self.tag.value
    if !tag.isEmpty { try addheader("X-Tag", tag) }
    return .accept
  }

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }
}

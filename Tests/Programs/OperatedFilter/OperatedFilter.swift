// A filter that tests run as a separate process. It adds its settings to each message as a header field.
//
// Options:
//   --tag WORD       eom adds the word as a header field
//   --odd            cannot be combined with --tag
//
// Environment variables:
//   SETTINGS=FILE    the file with the settings; the text "broken" is an error
//   PREPARING=1      logs the user ID in prepareAsRoot and in prepare
//   UNPREPARED=FILE  prepare throws while this file exists
//   SINGLE=1         allows only one worker
//   PROCESS=1        eom adds the process ID as a header field
//   GATE=FILE        eom logs a line, and waits until no process has this file locked
//
// Header fields of a message:
//   X-Trap           ends the process
//   X-Stop           stops the server

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

  /// All callbacks, so that every step has a reply.
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
    // Reads the setting in eom, and not in init: a reload must not change it during a connection.
    let tag = Self.tag.value
    if !tag.isEmpty { try addheader("X-Tag", tag) }
    return .accept
  }

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }
}

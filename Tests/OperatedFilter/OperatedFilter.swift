// A filter for tests that operate it as a process. It says in a header which settings it began with.
//
//   SETTINGS=FILE  where they are; "broken" cannot be read
//   PREPARING=1    says in the log as which user it prepares
//   --tag WORD     eom adds it as a header
//   --odd          does not go with a tag
//   GATE=FILE      eom says so, and waits until nobody has this file locked

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
  override class func prepare() throws { say("prepared") }

  private static func say(_ what: String) {
    if variable("PREPARING") != nil { log.notice("\(what): user \(geteuid())") }
  }

  private static func read() throws -> String {
    let settings = try String(contentsOfFile: variable("SETTINGS") ?? "", encoding: .utf8)
    if settings == "broken" { throw Broken() }
    return settings
  }

  override func eom() throws -> Status {
    if let gate = Self.variable("GATE") {
      FileHandle.standardError.write(Data("in eom\n".utf8))
      let descriptor = open(gate, O_RDONLY)
      flock(descriptor, LOCK_SH)
      Foundation.close(descriptor)
    }
    try addheader("X-Settings", settings)
    // Read here, and not when the filter was made: a reload in the middle changes nothing.
    let tag = Self.tag.value
    if !tag.isEmpty { try addheader("X-Tag", tag) }
    return .accept
  }

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }
}

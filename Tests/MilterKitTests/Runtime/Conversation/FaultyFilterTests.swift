import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Synchronization
import Testing

/// Filters that throw, or are never released.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct FaultyFilterTests {
  private struct Oops: Error {}

  @Test(arguments: AnsweredStep.all)
  func `A callback that throws is logged by name and answered with a temporary failure`(
    _ step: AnsweredStep
  ) throws {
    let server = try TestServer {
      ScriptedFilter { _, callback in
        if callback == step.callback { throw Oops() }
        return .continue
      }
    }
    let mta = try server.connect()
    _ = try mta.ask(TestMTA.offer)
    for command in step.before { #expect(try mta.ask(command) == [.continue]) }
    #expect(try mta.ask(step.command) == [.tempfail])
    #expect(
      server.log.all.contains {
        $0.hasPrefix("error") && $0.contains("\(step.callback) threw, tempfail is answered: Oops")
      })
  }

  @Test func `Of a FileError the log has the system's error, and not the path`() throws {
    let server = try TestServer {
      ScriptedFilter { _, callback in
        if callback == .envfrom { throw FileError("cannot write /spool/<a@b>", .noSpace) }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.ask(.mail([bytes("<a@b>")])) == [.tempfail])
    let errors = server.log.all.filter { $0.hasPrefix("error") }
    #expect(errors.count == 1)
    #expect(
      errors.first?.hasSuffix(
        "envfrom threw, tempfail is answered: FileError: No space left on device") ?? false)
  }

  @Test func `A filter that is never released keeps no connection and stops no other`() throws {
    let server = try TestServer {
      ScriptedFilter { filter, callback in
        if callback == .connect {
          let leaked = UInt(bitPattern: Unmanaged.passRetained(filter).toOpaque())
          kept.withLock { $0.append(leaked) }
        }
        return .continue
      }
    }
    for _ in 0..<50 {
      let mta = try server.connect()
      try mta.greet()
      #expect(try mta.message() == [.continue])
      try mta.quit()
    }
    #expect(server.server.stop() == 0)
  }
}

/// Filters that are never released.
private let kept = Mutex<[UInt]>([])

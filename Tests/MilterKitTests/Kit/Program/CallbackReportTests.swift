import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Synchronization
import Testing

/// A filter with misspelled methods, which are never called.
private final class Misspelled: Milter {
  func envfrom(_ args: [String]) -> Status { .reject }
  func envRcpt(_ recipient: String, _ args: [String]) -> Status { .reject }
  func header(name: String, value: String) throws -> Status { .reject }
}

private final class Forgetful: Milter {
  override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status { .continue }
  override func abort() {}
  override func close() {}
  func eom(_ queueID: String) throws -> Status { .reject }
}

private final class Useful: Milter {
  override func eom() throws -> Status { .continue }
  override func helo(_ host: String) throws -> Status { .continue }
  override func close() {}
}

@Suite(.ownThread, .timeLimit(.minutes(15))) struct CallbackReportTests {
  private func report(on type: Milter.Type) -> [String] {
    let lines = Mutex<[String]>([])
    let log = MilterLog { level, line in lines.withLock { $0.append("\(level.name): \(line)") } }
    CallbackReport(type).write(to: log)
    return lines.withLock { $0 }
  }

  @Test func `The used callbacks are listed in the order of a message`() {
    #expect(report(on: Useful.self) == ["notice: Useful: callbacks in use: helo, eom, close"])
  }

  @Test(arguments: [
    (Misspelled.self as Milter.Type, "Misspelled: callbacks in use: none;"),
    (Forgetful.self, "Forgetful: callbacks in use: negotiate, abort, close only;"),
  ])
  func `A filter that overrides nothing is warned about`(
    _ type: Milter.Type, _ beginning: String
  ) throws {
    let lines = report(on: type)
    #expect(lines.count == 1)
    #expect(lines[0].hasPrefix("warning: \(beginning) every message is accepted."))
    #expect(lines[0].contains("\"override\""))
  }

  @Test func `A program lists its warnings before it listens`() throws {
    let program = try StartedProgram.listening("greeter", ["-p", "inet:0@127.0.0.1"])
    let lines = try program.errors.split(separator: "\n")
    #expect(lines.first == "notice: greeter: callbacks in use: helo, envfrom, eom")
    #expect(try program.end() == 0)
  }

  @Test func `A program that listens on all interfaces warns of it`() throws {
    let program = try StartedProgram.listening("greeter", ["-p", "INET:0"])
    let beginning = "warning: inet:0 listens on all interfaces: "
    let advice = "; to listen on this machine only, write inet:0@127.0.0.1\n"
    #expect(try program.errors.contains(beginning))
    #expect(try program.errors.contains(advice))
    #expect(try program.end() == 0)
    let local = try StartedProgram.listening("greeter", ["-p", "inet:0@127.0.0.1"])
    #expect(try !local.errors.contains("all interfaces"))
    #expect(try local.end() == 0)
  }

  @Test func `A socket without a scheme is refused with the correct spelling`() throws {
    let run = try BuiltProgram.run("greeter", ["--socket", "8891@127.0.0.1"])
    #expect(run.errors.contains("the scheme is missing; write inet:8891@127.0.0.1"))
    #expect(run.status != 0)
  }

  @Test func `With errors only, --try does not print the list`() throws {
    let hello = BuiltProgram.packageRoot + "/Samples/messages/hello.eml"
    let run = try BuiltProgram.run("greeter", ["--try", hello, "--log-level", "error"])
    #expect(run.errors == "")
    #expect(run.status == 0)
  }
}

import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import Testing

/// Checks that a program has the same name everywhere.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct NameTests {
  private static let name = "milter-operated-filter"

  @Test func `Messages, lines of the log and metrics have the program's name`() throws {
    let directory = try ScratchDirectory()
    let metrics = directory.path(of: "x.prom")
    let process = try OperatedProcess([
      "--socket", "inet:0@127.0.0.1", "--log-level", "info", "--metrics", metrics,
    ])
    let mta = try TestMTA(try process.address())
    try mta.greet()
    try mta.quit()
    try process.stop()
    let lines = try process.log.toEnd()
    #expect(lines.contains { $0.hasPrefix("info: \(Self.name) #1: ") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("notice: \(Self.name): callbacks in use: ") }, "\(lines)")
    let text = try String(contentsOfFile: metrics, encoding: .utf8)
    #expect(text.contains("milter_connections_total{filter=\"\(Self.name)\"} 1\n"))
  }

  @Test func `Sendmail's line has a name Sendmail takes, whatever the program's is`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path(of: "odd, (`name')")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: BuiltProgram.path(of: Self.name))
    let help = try Subprocess.run(path, ["--help"])
    #expect(help.output.contains("\nodd, (`name'), a mail filter"))
    #expect(help.output.contains("\nSendmail: INPUT_MAIL_FILTER(`odd----name--', `S="))
  }

  @Test func `Complaints about the command line, the version and the help have the program's name`()
    throws
  {
    let complaint = try OperatedProcess(["--no-such-option"])
    #expect(try complaint.waitForExit() == 64)
    #expect(try complaint.log.toEnd().first?.hasPrefix("\(Self.name): ") == true)
    let version = try BuiltProgram.run(Self.name, ["--version"])
    #expect(version.output.hasPrefix("\(Self.name) ("))
    let help = try BuiltProgram.run(Self.name, ["--help"])
    #expect(help.output.contains("usage: \(Self.name) "))
    #expect(help.output.contains("\n\(Self.name), a mail filter"))
  }
}

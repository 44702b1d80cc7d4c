import Dispatch
import Foundation
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Testing

@testable import MilterKit
@testable import MilterRuntime

@Suite(.ownThread, .timeLimit(.minutes(15))) struct MetricsFileTests {
  private func contents(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func `A stopped server leaves its last numbers`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/greeter.prom"
    let server = try TestServer(configure: {
      $0.metrics = MilterMetrics(file: path, filter: "Scripted", interval: .seconds(3600))
    }) { ScriptedFilter() }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.continue])
    try mta.quit()
    #expect(server.server.stop() == 0)
    let parsed = try PrometheusParser(contents(path))
    #expect(parsed["milter_messages_total", ["filter": "Scripted"]] == 1)
    let labels = ["filter": "Scripted", "callback": "eom"]
    #expect(parsed["milter_callback_duration_seconds_count", labels] == 1)
    #expect(parsed["milter_connections_open", ["filter": "Scripted"]] == 0)
    // Every user may read the file, and no temporary file is left that a collector would read.
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o644)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["greeter.prom"])
  }

  @Test func `The file is rewritten at every interval`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/m.prom"
    let counters = ServerCounters()
    let file = MetricsFile(
      MilterMetrics(file: path, filter: "F", interval: .milliseconds(100)), counters,
      log: MilterLog { _, _ in })
    try file.start()
    defer { file.stop() }
    for number in 1...2 {
      counters.countReload()
      try wait(for: "the number in the file") {
        let parsed = try? PrometheusParser(contents(path))
        return parsed?["milter_reloads_total", ["filter": "F"]] == Double(number)
      }
    }
  }

  @Test func `A file that cannot be written is reported once`() throws {
    let directory = try ScratchDirectory()
    let folder = directory.path + "/later"
    let journal = Journal()
    let file = MetricsFile(
      MilterMetrics(file: folder + "/m.prom", filter: "F"), ServerCounters(),
      log: MilterLog { journal.note("\($0): \($1)") })
    file.write()
    file.write()
    let complaint = "warning: metrics: cannot write \(folder)/m.prom: no such file or directory"
    #expect(journal.all.map { $0.lowercased() } == [complaint.lowercased()])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    file.write()
    file.write()
    #expect(journal.all.dropFirst() == ["notice: metrics are written again"])
    #expect(try PrometheusParser(contents(folder + "/m.prom")).values.count > 100)
  }

  @Test(arguments: Obstacle.all)
  func `A server does not start if its file would replace something else`(what: String) throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/m.prom"
    try Obstacle.make(what, at: path)
    let error = #expect(throws: FileError.self) {
      try TestServer(configure: { $0.metrics = MilterMetrics(file: path, filter: "F") }) {
        ScriptedFilter()
      }
    }
    #expect(
      error?.message == "cannot write \(path): \(what) is there, and only a regular file is "
        + "replaced; choose another path")
    #expect(try Obstacle.isThere(what, at: path))
  }

  @Test func `Whatever replaces the file while the server runs is kept`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/m.prom"
    let journal = Journal()
    let file = MetricsFile(
      MilterMetrics(file: path, filter: "F"), ServerCounters(),
      log: MilterLog { journal.note("\($0): \($1)") })
    file.write()
    try FileManager.default.removeItem(atPath: path)
    try Obstacle.make("a FIFO", at: path)
    file.write()
    #expect(try Obstacle.isThere("a FIFO", at: path))
    #expect(journal.all.count == 1 && journal.all[0].contains("a FIFO is there"))
  }

  @Test func `A program writes its statistics`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path + "/greeter.prom"
    let socket = "unix:\(directory.path)/s"
    let program = try StartedProgram(
      BuiltProgram.path(of: "greeter"), ["--socket", socket, "--metrics", path])
    try program.wait(for: "the metrics") { access(path, F_OK) == 0 }
    try TestMTA(socket).greet()
    kill(program.pid, SIGHUP)
    try program.wait(for: "a reload") { try program.errors.contains("reloaded") }
    #expect(try program.end() == 0)
    let parsed = try PrometheusParser(contents(path))
    #expect(parsed["milter_connections_total", ["filter": "greeter"]] == 1)
    #expect(parsed["milter_reloads_total", ["filter": "greeter"]] == 1)
  }
}

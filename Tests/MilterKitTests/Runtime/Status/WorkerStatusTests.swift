import Foundation
import MilterProcessFixtures
import Testing

/// The control socket of a filter program with several workers.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct WorkerStatusTests {
  let program: WorkerProgram

  init() throws { program = try WorkerProgram() }

  private struct Report: Decodable {
    struct Process: Decodable {
      let worker: Int
      let process: Int32?
      let state: String
      let answered: Bool
    }
    struct Connection: Decodable {
      let worker: Int
      let connection: Int
      let client: String
      let state: String
      let ageMilliseconds: Int
    }
    let process: Int32
    let state: String
    let processes: [Process]
    let connections: [Connection]
  }

  private func ask() throws -> Report {
    let response = try HTTPClient.get("/status.json", of: "unix:" + program.file("control"))
    #expect(response.status == 200)
    return try JSONDecoder().decode(Report.self, from: Data(response.body.utf8))
  }

  @Test func `All workers' connections are shown, each with its worker`() throws {
    let process = try program.start(workers: 3, ["--control", "unix:" + program.file("control")])
    let address = try process.serve(with: 3)
    let sessions = try WorkerSession.begin(address, with: 3)
    let report = try poll(for: "all sessions in the answers of all workers") {
      let report = try ask()
      let isWhole = report.connections.count == sessions.count
      return isWhole && report.processes.allSatisfy(\.answered) ? report : nil
    }
    #expect(report.process == process.pid)
    #expect(report.state == "serving")
    #expect(report.processes.map(\.worker) == [1, 2, 3])
    let workers = Dictionary(
      uniqueKeysWithValues: report.processes.map { ($0.worker, $0.process) })
    #expect(report.connections.allSatisfy { $0.client == "mx [192.0.2.7:25]" })
    // Each worker has as many connections as sessions.
    func counts(_ processes: [Int32?]) -> [Int32?: Int] {
      processes.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(
      counts(report.connections.map { workers[$0.worker] ?? nil }) == counts(sessions.map(\.worker))
    )
    let ages = report.connections.map(\.ageMilliseconds)
    #expect(ages == ages.sorted(by: >))
    try process.stop()
    #expect(!FileManager.default.fileExists(atPath: program.file("control")))
  }

  @Test func `A stopped worker is named, and the others answer`() throws {
    let process = try program.start(workers: 2, ["--control", "unix:" + program.file("control")])
    _ = try process.serve(with: 2)
    let workers = try process.waitForWorkers(2)
    try standStill(workers[0])
    defer { kill(workers[0], SIGCONT) }
    let answered = try poll(for: "the other worker's answer") {
      let processes = try ask().processes
      let answered = Dictionary(uniqueKeysWithValues: processes.map { ($0.process, $0.answered) })
      return answered[workers[1]] == true ? answered : nil
    }
    #expect(answered == [workers[0]: false, workers[1]: true])
    kill(workers[0], SIGCONT)
    try process.stop()
  }
}

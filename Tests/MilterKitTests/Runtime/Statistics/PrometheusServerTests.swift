import Foundation
import MilterCore
import MilterProcessFixtures
import MilterSystem
import Testing

/// A real Prometheus that reads a filter's statistics, and the queries of `Samples/prometheus`.
@Suite(
  .ownThread, .timeLimit(.minutes(15)),
  .needs(
    .mtas,
    missing: [Subprocess.find("prometheus") == nil ? "Prometheus; run .ci/install-mtas" : nil]))
struct PrometheusServerTests {
  private static let samples = URL(filePath: BuiltProgram.packageRoot)
    .appending(path: "Samples/prometheus")

  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private func promtool(_ arguments: [String], input: String = "") throws -> Subprocess {
    try Subprocess.run(
      #require(Subprocess.find("promtool")), arguments, input: Array(input.utf8),
      environment: Subprocess.environment, within: .seconds(300))
  }

  /// A filter that serves its metrics, and has served messages.
  private final class Filter {
    let process: OperatedProcess
    let metrics: String
    let mta: TestMTA

    init() throws {
      process = try OperatedProcess(
        ["--socket", "inet:0@127.0.0.1", "--metrics-listen", "inet:0@127.0.0.1"])
      let line = try process.log.line { $0.contains("serving metrics on ") }
      metrics = String(try #require(line.split(separator: " ").last))
      mta = try TestMTA(process.address())
      try mta.greet()
    }

    /// `HOST:PORT` from `inet:PORT@HOST`.
    var target: String {
      let parts = metrics.dropFirst("inet:".count).split(separator: "@")
      return "\(parts[1]):\(parts[0])"
    }
  }

  @Test func `promtool finds no errors in the metrics`() throws {
    let filter = try Filter()
    #expect(try filter.mta.message().last == .accept)
    let text = try HTTPClient.get("/metrics", of: filter.metrics).body
    let checked = try promtool(["check", "metrics"], input: text)
    #expect(checked.status == 0)
    #expect(checked.errors == "" && checked.output == "")
    // promtool does report an error when there is one.
    #expect(try promtool(["check", "metrics"], input: "milter_x{ 1\n").status != 0)
  }

  @Test func `promtool finds no errors in the configuration and the alerts`() throws {
    let file = Self.samples.appending(path: "prometheus.yml").path
    let checked = try promtool(["check", "config", file])
    #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
  }

  @Test func `Prometheus reads a filter and answers each query of the alerts and the dashboard`()
    throws
  {
    let filter = try Filter()
    let server = try prometheus(filter.target)
    // Each message is answered at eom and counted. Prometheus needs two scrapes for a rate.
    let messages = "rate(milter_messages_total[1m]) > 0"
    try poll(for: "a rate of messages", within: .seconds(300)) {
      #expect(try filter.mta.message().last == .accept)
      return try query(messages, server.spec).isEmpty ? nil : ()
    }
    let queries = try rules() + dashboard()
    #expect(queries.count >= 20)
    for text in queries {
      // A comparison has no result while there is no problem. All other queries have one.
      if text.contains(" > ") || text.contains(" == ") {
        _ = try query(text, server.spec)
      } else {
        try waitForSeries(text, server.spec)
      }
    }
    // Without its comparison, the expression of an alert has a result.
    for text in try rules() {
      let shown = try #require(text.split(separator: #/ (>|==) [0-9.]+\s*$/#).first)
      try waitForSeries(String(shown), server.spec)
    }
    // When the filter has ended, the condition of the alert about it is met.
    filter.process.signal(SIGTERM)
    try filter.mta.send(.quit)
    #expect(try filter.process.waitForExit() == 0)
    try waitForSeries("up{job=\"milter\"} == 0", server.spec)
    withExtendedLifetime(server) {}
  }

  private func prometheus(_ target: String) throws -> (process: RunningServer, spec: String) {
    let configuration = try directory.write(
      """
      global: { scrape_interval: 1s, evaluation_interval: 1s }
      rule_files: ['\(Self.samples.appending(path: "milter.rules.yml").path)']
      scrape_configs:
        - job_name: milter
          static_configs: [{ targets: ['\(target)'] }]
      """.utf8, to: "prometheus.yml")
    let process = try RunningServer(
      #require(Subprocess.find("prometheus")),
      [
        "--config.file=\(configuration)", "--storage.tsdb.path=\(directory.path(of: "data"))",
        "--web.listen-address=127.0.0.1:0",
      ])
    let line = try process.log.line { $0.contains("msg=\"Listening on\"") }
    let port = try #require(line.split(separator: ":").last)
    return (process, "inet:\(port)@127.0.0.1")
  }

  /// Waits until a query has a result: a scrape that takes more than a second leaves a gap.
  private func waitForSeries(_ text: String, _ spec: String) throws {
    _ = try poll(for: text) { try query(text, spec).isEmpty ? nil : true }
  }

  /// Returns the series that a query finds.
  private func query(_ text: String, _ spec: String) throws -> [Any] {
    let allowed = CharacterSet.alphanumerics
    let escaped = try #require(text.addingPercentEncoding(withAllowedCharacters: allowed))
    let response = try HTTPClient.get("/api/v1/query?query=\(escaped)", of: spec)
    // Prometheus replies 503 until it is ready.
    if response.status == 503 { return [] }
    try #require(response.status == 200, "\(text): \(response.body)")
    let object = try JSONSerialization.jsonObject(with: Data(response.body.utf8)) as? [String: Any]
    let data = try #require(object?["data"] as? [String: Any])
    return try #require(data["result"] as? [Any])
  }

  /// Returns the expressions of the alerts.
  private func rules() throws -> [String] {
    let text = try String(
      contentsOf: Self.samples.appending(path: "milter.rules.yml"), encoding: .utf8)
    let rules = text.split(separator: "- alert: ").dropFirst().map { rule -> String in
      let expression = rule.split(separator: "expr: ")[1]
      return expression.split(separator: "\n")
        .prefix { !$0.contains("for: ") && !$0.contains("labels: ") }
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0 != "|" }
        .joined(separator: " ")
    }
    return rules
  }

  /// Returns the expressions of the dashboard, with values for Grafana's variables.
  private func dashboard() throws -> [String] {
    let data = try Data(contentsOf: Self.samples.appending(path: "grafana.json"))
    let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let panels = try #require(object?["panels"] as? [[String: Any]])
    return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }
      .compactMap { $0["expr"] as? String }.map { text in
        text.replacing("$__rate_interval", with: "1m").replacing("$filter", with: ".*")
          .replacing("$instance", with: ".*")
      }
  }
}

/// A third-party server, which ends with this object.
private final class RunningServer {
  let log: ProcessOutput
  private let pid: pid_t

  init(_ program: String, _ arguments: [String]) throws {
    log = try ProcessOutput()
    let nothing = try ScratchFile()
    pid = try Subprocess.spawn(
      program, arguments, environment: Subprocess.environment,
      descriptors: (nothing.descriptor, log.writing, log.writing))
    log.closeWriting()
    withExtendedLifetime(nothing) {}
  }

  deinit {
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }
}

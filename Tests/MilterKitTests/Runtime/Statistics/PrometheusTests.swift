import MilterKit
import Testing

@Suite struct PrometheusTests {
  /// Statistics with a value in every field.
  private var full: MilterStatistics {
    var statistics = MilterStatistics()
    statistics.connections = 7
    statistics.refusedConnections = 2
    statistics.openConnections = 3
    statistics.bytesReceived = 12_345_678_901
    statistics.bytesSent = 9
    statistics.messages = 5
    statistics.abortedMessages = 1
    statistics.answers = [.eom: [.accept: 4], .envrcpt: [.reject: 2, .continue: 8]]
    var times = MilterHistogram()
    times.counts[0] = 4
    times.counts[1] = 1
    times.counts[times.counts.count - 1] = 2
    times.sum = .milliseconds(601_500)
    statistics.callbackTimes = [.eom: times]
    statistics.errors = [.malformed: 6]
    statistics.threads = 11
    statistics.reloads = 1
    return statistics
  }

  @Test func `Every number is present`() throws {
    let parsed = try PrometheusParser(full.prometheus(filter: "F"))
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      parsed["milter_" + name, labels.merging(["filter": "F"]) { $1 }]
    }
    #expect(value("connections_total") == 7)
    #expect(value("connections_refused_total") == 2)
    #expect(value("connections_open") == 3)
    #expect(value("received_bytes_total") == 12_345_678_901)
    #expect(value("sent_bytes_total") == 9)
    #expect(value("messages_total") == 5)
    #expect(value("messages_aborted_total") == 1)
    #expect(value("answers_total", ["callback": "eom", "status": "accept"]) == 4)
    #expect(value("answers_total", ["callback": "envrcpt", "status": "reject"]) == 2)
    #expect(value("answers_total", ["callback": "helo", "status": "continue"]) == 0)
    #expect(value("errors_total", ["kind": "malformed"]) == 6)
    #expect(value("errors_total", ["kind": "timeout"]) == 0)
    #expect(value("threads") == 11)
    #expect(value("reloads_total") == 1)
    let name = "callback_duration_seconds"
    #expect(value(name + "_bucket", ["callback": "eom", "le": "0.0001"]) == 4)
    #expect(value(name + "_bucket", ["callback": "eom", "le": "0.001"]) == 5)
    #expect(value(name + "_bucket", ["callback": "eom", "le": "300.0"]) == 5)
    #expect(value(name + "_bucket", ["callback": "eom", "le": "+Inf"]) == 7)
    #expect(value(name + "_sum", ["callback": "eom"]) == 601.5)
    #expect(value(name + "_count", ["callback": "eom"]) == 7)
    #expect(value(name + "_count", ["callback": "body"]) == 0)
    #expect(parsed.types["milter_" + name] == "histogram")
    #expect(parsed.types["milter_threads"] == "gauge")
    #expect(parsed.types["milter_messages_total"] == "counter")
  }

  @Test func `Labels are escaped`() throws {
    let name = "a\"b\\c\nd\\n é"
    let text = full.prometheus(filter: name)
    #expect(text.contains(#"milter_threads{filter="a\"b\\c\nd\\n é"} 11"#))
    #expect(try PrometheusParser(text)["milter_threads", ["filter": name]] == 11)
  }

  @Test func `The format is exactly this`() {
    let start = """
      # HELP milter_connections_total Connections accepted from MTAs.
      # TYPE milter_connections_total counter
      milter_connections_total{filter="F"} 7
      # HELP milter_connections_refused_total Connections closed at once because the system refused their settings.
      # TYPE milter_connections_refused_total counter
      milter_connections_refused_total{filter="F"} 2

      """
    #expect(full.prometheus(filter: "F").hasPrefix(start))
  }

  /// These texts must be refused by the tests' parser, so that a success is significant.
  @Test(arguments: [
    "milter_x_total 1\n",
    "# HELP milter_x_total x\n# TYPE milter_x_total counter\nmilter_x_total 1",
    "# HELP milter_x x\n# TYPE milter_x counter\nmilter_x 1\n",
    "# HELP milter_x_total x\n# TYPE milter_x_total gauge\nmilter_x_total 1\n",
    "# HELP milter_x x\n# TYPE milter_x gauge\nmilter_x 1\nmilter_x 1\n",
    "# HELP milter_x x\n# TYPE milter_x gauge\nmilter_x{a=\"b\\t\"} 1\n",
    "# HELP milter_x x\n# TYPE milter_x gauge\nmilter_x{a=\"b} 1\n",
    "# HELP milter_x x\n# TYPE milter_x gauge\nmilter_x{a-b=\"b\"} 1\n",
    "# HELP milter_x x\n# TYPE milter_x gauge\nmilter_x one\n",
    "# HELP milter_x x\n# TYPE milter_x gauge\nmilter_y 1\n",
    """
    # HELP milter_s_seconds x
    # TYPE milter_s_seconds histogram
    milter_s_seconds_bucket{le="1"} 2
    milter_s_seconds_bucket{le="+Inf"} 1
    milter_s_seconds_sum 1
    milter_s_seconds_count 1

    """,
    """
    # HELP milter_s_seconds x
    # TYPE milter_s_seconds histogram
    milter_s_seconds_bucket{le="1"} 1
    milter_s_seconds_sum 1
    milter_s_seconds_count 1

    """,
  ])
  func `The parser is strict`(text: String) {
    #expect(throws: PrometheusParser.Refusal.self) { try PrometheusParser(text) }
  }
}

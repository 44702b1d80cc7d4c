import Foundation

extension Results {
  /// The report for a terminal: all measurements, and which goals are met.
  var report: String {
    // A quick run is too short to judge the goals by.
    let standing = setting.isQuick ? "" : standing
    return standing.isEmpty ? table : table + "\n" + standing
  }

  private var table: String {
    let ordinary = rows.filter { $0.typical.memory.isEmpty }
    let idle = rows.filter { !$0.typical.memory.isEmpty }
    var parts: [String] = []
    if !ordinary.isEmpty {
      var table = TextTable([
        "case", "over", "target", "msg/s", "p50 ms", "p99 ms", "max ms", "CPU s/1000",
        "calls/msg", "threads", "RSS MB", "×libmilter", "×MilterKit", "×floor",
      ])
      for row in ordinary { table.add(Self.cells(row), group: "\(row.name) \(row.transport)") }
      parts.append(table.text)
    }
    if !idle.isEmpty {
      var table = TextTable([
        "case", "over", "target", "RSS each", "threads", "×libmilter", "×MilterKit", "×floor",
      ])
      for row in idle { table.add(Self.idleCells(row), group: "\(row.name) \(row.transport)") }
      parts.append(table.text)
    }
    return parts.joined(separator: "\n")
  }

  private static func cells(_ row: Row) -> [String] {
    let it = row.typical
    return [
      row.title, row.transport.rawValue, row.target.title,
      number(it.messagesPerSecond, it.messagesPerSecond < 100 ? 1 : 0), number(it.p50 * 1000, 2),
      number(it.p99 * 1000, 2), number(it.max * 1000, 1), number(it.processorPerThousand, 3),
      row.syscallsPerThousand.map { number($0 / 1000, 1) } ?? "–", "\(it.threads)",
      number(Double(it.resident) / 1e6, 1), ratio(row.toLibmilter), ratio(row.toMilterKit),
      ratio(row.toFloor),
    ]
  }

  private static func idleCells(_ row: Row) -> [String] {
    let each = row.typical.memoryPerConnection ?? 0
    return [
      row.title, row.transport.rawValue, row.target.title, "\(number(each / 1024, 2)) KB",
      "\(row.typical.threads)", ratio(row.toLibmilter), ratio(row.toMilterKit),
      ratio(row.toFloor),
    ]
  }

  private static func ratio(_ value: Double?) -> String { value.map { number($0, 2) } ?? "–" }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

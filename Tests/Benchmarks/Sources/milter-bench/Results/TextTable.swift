/// A text table: three left-aligned columns, then numbers, with a blank line between groups.
struct TextTable {
  private let header: [String]
  private var rows: [(cells: [String], group: String)] = []
  private static let leftColumns = 3

  init(_ header: [String]) { self.header = header }

  mutating func add(_ cells: [String], group: String) { rows.append((cells, group)) }

  var text: String {
    let widths = header.indices.map { column in
      ([header] + rows.map(\.cells)).map { $0[column].count }.max() ?? 0
    }
    let rule = widths.map { String(repeating: "─", count: $0) }
    var lines = [line(header, widths), line(rule, widths)]
    var group: String?
    for row in rows {
      if let group, group != row.group { lines.append("") }
      group = row.group
      lines.append(line(row.cells, widths))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var padded: [String] = []
    for (column, (cell, width)) in zip(cells, widths).enumerated() {
      let space = String(repeating: " ", count: width - cell.count)
      padded.append(column < Self.leftColumns ? cell + space : space + cell)
    }
    return padded.joined(separator: "  ")
  }
}

import Foundation

/// A table of the article MTAReleases whose columns are releases of MTAs.
struct ReleaseTable {
  private let columns: [String]
  private let lines: [[String]]

  /// Reads the table with this title of the first column.
  init(_ title: String) throws {
    let article = "Sources/MilterKit/MilterKit.docc/MTAReleases.md"
    let text = try PackageFiles.text(of: article)
    let tables = text.components(separatedBy: "\n\n").map { paragraph in
      paragraph.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
    }
    guard let table = tables.first(where: { $0.first?.first == title }) else {
      throw HarnessError("\(article) has no table \"\(title)\"")
    }
    columns = table[0]
    lines = Array(table.dropFirst(2))
  }

  /// Returns the first cell of each row without backquotes, and the cell of a column; empty without such a
  /// column.
  func rows(of column: String) -> [(sent: String, expected: String)] {
    guard let index = columns.firstIndex(of: column) else { return [] }
    return lines.map { ($0[0].filter { $0 != "`" }, $0[index]) }
  }
}

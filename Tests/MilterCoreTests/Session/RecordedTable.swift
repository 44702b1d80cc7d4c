/// A table of states and commands, recorded from libmilter.
///
/// `+` is an executed command, `.` an ignored one, and `X` a closed connection. An `a` before it
/// means that abort was called first. ``path(_:)`` has the commands that lead to the state of a
/// row.
struct RecordedTable {
  let columns: [Character]
  let rows: [(state: String, cells: [String])]

  /// Reads the text of a table.
  init(_ text: String) {
    var lines = text.split(separator: "\n").map(String.init)
    let header = lines.removeFirst()
    columns = header.dropFirst(10).filter { $0 != " " }
    rows = lines.map { line in
      let cells = line.dropFirst(10).split(separator: " ").map(String.init)
      return (line.prefix(10).trimmed, cells)
    }
  }

  /// Returns the commands that lead to a state.
  static func path(_ state: String) -> String? {
    switch state {
    case "(start)": ""
    case ".. M": "O C H M"
    case ".. M R": "O C H M R"
    case ".. R T": "O C H M R T"
    case ".. T L": "O C H M R T L"
    case ".. L N": "O C H M R T L N"
    case ".. N B": "O C H M R T L N B"
    case ".. B E": "O C H M R T L N B E"
    case ".. M R A": "O C H M R A"
    case ".. B A": "O C H M R T L N B A"
    case ".. M R U": "O C H M R U"
    case ".. E U": "O C H M R T L N B E U"
    case ".. E K": "O C H M R T L N B E K"
    case ".. M R M": "O C H M R M"
    default: state.hasPrefix("O") ? state : nil
    }
  }
}

extension Substring {
  /// The text without spaces at its end.
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

import MilterCommandLine

/// A configuration file of Sendmail, as far as filters are concerned.
struct SendmailConfiguration {
  /// A filter: a line that begins with `X`.
  struct Filter: Hashable, Sendable {
    var name: String
    /// `S=`, where it listens.
    var socket: String
    /// `F=`, what happens when it fails.
    var flag: String?
    /// `T=`, by letter, in seconds.
    var timeouts: [Character: Int]
  }

  private(set) var filters: [Filter] = []
  /// The names of the filters that are used, in their order.
  private(set) var inputFilters: [String] = []
  /// The user that filters are connected to as.
  private(set) var user = "root"
  /// What it is told not to mind.
  private(set) var blameless = ""

  /// Reads a file.
  ///
  /// - Throws: `SocketError` if it cannot be read.
  init(file: String) throws {
    let text = String(decoding: try FileContents.read(file), as: UTF8.self)
    for line in text.split(separator: "\n") {
      if line.hasPrefix("X") {
        filters.append(Self.filter(line.dropFirst()))
      } else if line.hasPrefix("O ") {
        let parts = line.dropFirst(2).split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count == 2 ? PostfixValue.trimmed(parts[1]) : ""
        switch parts.first.map(PostfixValue.trimmed) {
        case "InputMailFilters":
          inputFilters = value.split(separator: ",").map(PostfixValue.trimmed)
        case "RunAsUser": user = value.split(separator: ":").first.map(String.init) ?? user
        case "DontBlameSendmail": blameless = value.lowercased()
        default: break
        }
      }
    }
  }

  private static func filter(_ text: Substring) -> Filter {
    var fields = text.split(separator: ",").map(PostfixValue.trimmed)
    var filter = Filter(
      name: fields.isEmpty ? "" : fields.removeFirst(), socket: "", flag: nil, timeouts: [:])
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? PostfixValue.trimmed(parts[1]) : ""
      switch parts.first.map(PostfixValue.trimmed)?.first {
      case "S": filter.socket = value
      case "F": filter.flag = value.isEmpty ? nil : value
      case "T":
        for time in value.split(separator: ";") {
          guard let letter = time.first, let seconds = MTALimits.seconds(time.dropFirst(2)) else {
            continue
          }
          filter.timeouts[letter] = seconds
        }
      default: break
      }
    }
    return filter
  }
}

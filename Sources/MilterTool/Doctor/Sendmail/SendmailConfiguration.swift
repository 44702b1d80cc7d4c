import MilterSystem

/// The parts of a Sendmail configuration file that affect filters.
struct SendmailConfiguration {
  /// A daemon that receives mail: `DaemonPortOptions`.
  struct Daemon: Hashable, Sendable {
    var name: String
    /// The names of the daemon's own filters; `nil` if it uses the filters of all daemons.
    var filters: [String]?
  }

  private(set) var filters: [SendmailFilter] = []
  /// The names of the filters in use, in order.
  private(set) var inputFilters: [String] = []
  private(set) var daemons: [Daemon] = []
  /// The user that connects to filters.
  private(set) var user = "root"
  /// The value of `DontBlameSendmail`: the checks that Sendmail omits.
  private(set) var blameless = ""

  /// The value of `QueueDirectory`, which may have wildcards at its end.
  private var queueDirectory = "/var/spool/mqueue"

  /// The relevant options; Sendmail also accepts abbreviations.
  private static let options = [
    "InputMailFilters", "DaemonPortOptions", "RunAsUser", "DontBlameSendmail", "QueueDirectory",
  ]

  /// Reads a file.
  ///
  /// - Throws: `FileError` if the file cannot be read.
  init(file: String) throws {
    for line in Self.lines(try FileContents.read(file)) {
      if line.hasPrefix("X") {
        filters.append(SendmailFilter(line.dropFirst()))
      } else if line.hasPrefix("O ") {
        let parts = line.dropFirst(2).split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        set(PostfixText.trimmed(parts[0]), parts.count == 2 ? PostfixText.trimmed(parts[1]) : "")
      }
    }
  }

  /// Returns a path as Sendmail finds it: in the queue directory if it is relative.
  func place(of path: String) -> String {
    if path.hasPrefix("/") { return path }
    let parts = queueDirectory.split(separator: "/")
    let directory = parts.prefix { !$0.contains("*") }.joined(separator: "/")
    return "/\(directory)/\(path)"
  }

  /// The names of filters that are used but not defined.
  ///
  /// Sendmail does not start with them.
  var undefined: [String] {
    let names = inputFilters + daemons.flatMap { $0.filters ?? [] }
    let known = Set(filters.map(\.name))
    return names.filter { !known.contains($0) }
  }

  /// Returns the logical lines; a line that begins with white space continues the previous one, even if that is
  /// a comment.
  private static func lines(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let text = String(decoding: line, as: UTF8.self)
      if let first = line.first, first == 0x20 || first == 0x09, let last = lines.indices.last {
        lines[last] += text
      } else {
        lines.append(text)
      }
    }
    return lines
  }

  private mutating func set(_ option: String, _ value: String) {
    let option = option.lowercased()
    guard !option.isEmpty else { return }
    switch Self.options.first(where: { $0.lowercased().hasPrefix(option) }) {
    // A short text could be the beginning of another option.
    case let name? where option.count < min(name.count, 7): break
    case "InputMailFilters": inputFilters = Self.names(value)
    case "DaemonPortOptions": daemons.append(Self.daemon(value))
    case "RunAsUser": user = value.split(separator: ":").first.map(String.init) ?? user
    case "DontBlameSendmail": blameless = value.lowercased()
    case "QueueDirectory": queueDirectory = value
    default: break
    }
  }

  private static func names(_ list: String) -> [String] {
    list.split { $0 == "," || $0 == ";" }.map(PostfixText.trimmed).filter { !$0.isEmpty }
  }

  private static func daemon(_ text: String) -> Daemon {
    var daemon = Daemon(name: "a daemon", filters: nil)
    for field in text.split(separator: ",") {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? PostfixText.trimmed(parts[1]) : ""
      switch PostfixText.trimmed(parts[0]).uppercased().first {
      case "N": daemon.name = value
      case "I": daemon.filters = names(value)
      default: break
      }
    }
    return daemon
  }
}

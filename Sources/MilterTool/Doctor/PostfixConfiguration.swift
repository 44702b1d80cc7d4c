import MilterCommandLine

/// Postfix's `main.cf` and `master.cf`, as far as filters are concerned.
struct PostfixConfiguration {
  /// A daemon of `master.cf`.
  struct Service: Hashable, Sendable {
    /// Its name and type, such as `smtp inet`.
    var name: String
    /// The program, such as `smtpd`.
    var program: String
    var isChrooted: Bool
    /// The parameters it has for itself, by `-o`.
    var overrides: [String: String]
  }

  private static let defaults = [
    "smtpd_milters": "", "non_smtpd_milters": "", "milter_default_action": "tempfail",
    "milter_protocol": "6", "milter_connect_timeout": "30s", "milter_command_timeout": "30s",
    "milter_content_timeout": "300s", "queue_directory": "/var/spool/postfix",
    "mail_owner": "postfix", "compatibility_level": "0",
  ]

  private let parameters: [String: String]
  private(set) var services: [Service] = []

  /// Reads the files of a directory.
  ///
  /// - Throws: `SocketError` if one cannot be read.
  init(directory: String) throws {
    var parameters: [String: String] = [:]
    for line in try Self.lines(of: "\(directory)/main.cf") {
      if let (name, value) = Self.assignment(line) { parameters[name] = value }
    }
    self.parameters = parameters
    services = try Self.lines(of: "\(directory)/master.cf").compactMap(service)
  }

  /// A parameter's value, for one daemon or for all, with the names in it replaced.
  func value(_ name: String, for service: Service? = nil) -> String {
    let overrides = service?.overrides ?? [:]
    return PostfixValue.expand(overrides[name] ?? parameters[name] ?? Self.defaults[name] ?? "") {
      overrides[$0] ?? parameters[$0] ?? Self.defaults[$0]
    }
  }

  /// Where Postfix daemons run, and where chrooted ones are shut in.
  var queueDirectory: String { value("queue_directory") }

  /// What Postfix asks of filters.
  var limits: MTALimits {
    var limits = MTALimits()
    let version = value("milter_protocol").split { $0 == " " || $0 == "," }.first
    limits.version = version.flatMap { UInt32($0) } ?? limits.version
    limits.connectTimeout = seconds("milter_connect_timeout") ?? limits.connectTimeout
    limits.commandTimeout = seconds("milter_command_timeout") ?? limits.commandTimeout
    limits.contentTimeout = seconds("milter_content_timeout") ?? limits.contentTimeout
    return limits
  }

  private func seconds(_ name: String) -> Int? {
    MTALimits.seconds(value(name)).map { max(1, $0) }
  }

  private func service(_ line: String) -> Service? {
    let fields = PostfixValue.fields(line)
    guard fields.count >= 8 else { return nil }
    // What - means has changed with Postfix 3.0.
    let level = value("compatibility_level").split(separator: ".").first.flatMap { Int($0) } ?? 0
    let isChrooted = fields[4] == "y" || (fields[4] == "-" && level < 1)
    var overrides: [String: String] = [:]
    for (option, argument) in zip(fields.dropFirst(8), fields.dropFirst(9)) where option == "-o" {
      if let (name, value) = Self.assignment(PostfixValue.unbraced(argument)) {
        overrides[name] = value
      }
    }
    return Service(
      name: "\(fields[0]) \(fields[1])", program: fields[7], isChrooted: isChrooted,
      overrides: overrides)
  }

  /// Whole lines: those that begin with a space belong to the one above; comments are left out.
  private static func lines(of file: String) throws -> [String] {
    let text = String(decoding: try FileContents.read(file), as: UTF8.self)
    var lines: [String] = []
    for line in text.split(separator: "\n") {
      let first = line.first { $0 != " " && $0 != "\t" && $0 != "\r" }
      if first == nil || first == "#" { continue }
      if line.first == " " || line.first == "\t", !lines.isEmpty {
        lines[lines.count - 1] += line
      } else {
        lines.append(String(line))
      }
    }
    return lines
  }

  private static func assignment(_ line: String) -> (name: String, value: String)? {
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return (PostfixValue.trimmed(parts[0]), PostfixValue.trimmed(parts[1]))
  }
}

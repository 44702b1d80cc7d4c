import MilterKit
import MilterCommandLine

/// An entry in Postfix's `smtpd_milters` or `non_smtpd_milters`.
struct PostfixMilter: Sendable {
  /// The socket of the entry, as Postfix reads it.
  enum Target: Hashable, Sendable {
    case inet(host: String, port: String)
    /// A path, relative to the queue directory, or absolute for the daemon.
    case unix(String)
  }

  /// The settings that an entry can have in braces.
  private static let known = [
    "command_timeout", "connect_timeout", "content_timeout", "default_action", "protocol",
  ]

  /// The entry without its own settings.
  private(set) var text: String
  /// The socket; `nil` for an entry that Postfix cannot use.
  private(set) var target: Target?
  /// The entry's own settings, by the names of the parameters that they replace.
  private(set) var settings: [String: String] = [:]
  /// The whole entry.
  let field: String
  /// The reason why Postfix refuses the entry, and the correct entry if it is known.
  private(set) var mistake: (why: String, fix: String?)?

  /// Reads an entry: `inet:host:port`, `unix:path`, or one of these with settings, in braces.
  init(_ field: String) {
    text = field
    self.field = field
    do throws(PostfixText.Mistake) {
      let parts = PostfixText.fields(try PostfixText.unbraced(field))
      guard let first = parts.first else {
        throw .init(description: "empty milter definition: \"\(field)\"")
      }
      text = first
      readTarget(first)
      for part in field.hasPrefix("{") ? parts.dropFirst() : [] { try readSetting(part) }
    } catch {
      if mistake == nil { mistake = ("\(error)", nil) }
      target = nil
    }
  }

  private mutating func readTarget(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch parts.count == 2 ? parts[0] : "" {
    case "unix", "local": target = parts[1].isEmpty ? nil : .unix(String(parts[1]))
    case "inet": target = Self.inet(parts[1])
    default: break
    }
    guard target == nil else { return }
    let setting = text.split(separator: "=").first.map(String.init) ?? ""
    if text.contains("="), Self.known.contains(setting) {
      mistake = (
        "outside of braces a setting is taken for a filter",
        "write { inet:HOST:PORT, \(text) } with the braces around the filter and its settings"
      )
    } else if let other = try? MTASocket(text), text.contains("@") || !text.hasPrefix("inet:") {
      let why =
        text.contains("@")
        ? "that is Sendmail's notation; Postfix wants the host first"
        : "Postfix knows inet:HOST:PORT and unix:PATH"
      mistake = (why, "write \(other.postfix(queueDirectory: "/"))")
    } else {
      mistake = ("Postfix cannot read that", "write inet:HOST:PORT or unix:PATH")
    }
  }

  /// Without a host, the port is one of this machine.
  private static func inet(_ text: Substring) -> Target? {
    guard !text.contains("@") else { return nil }
    let colon = text.lastIndex(of: ":")
    var host = colon.map { text[..<$0] } ?? ""
    let port = colon.map { text[text.index(after: $0)...] } ?? text
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let first = port.utf8.first else { return nil }
    let isNumeric = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    guard isNumeric ? UInt16(port) != nil : port.utf8.allSatisfy({ $0 != UInt8(ascii: ";") })
    else { return nil }
    guard !host.contains(where: { ";/ ".contains($0) }) else { return nil }
    return .inet(host: host.isEmpty ? "localhost" : String(host), port: String(port))
  }

  private mutating func readSetting(_ part: String) throws(PostfixText.Mistake) {
    let (name, value) = try PostfixText.assignment(PostfixText.unbraced(part))
    guard Self.known.contains(name) else {
      let near = Suggestion.nearest(to: name, in: Self.known)
      mistake = (
        "unknown option: \"\(name) = \(value)\"; Postfix's smtpd does not start with it",
        near.map { "write \($0)=\(value)" }
          ?? "the settings are \(Self.known.joined(separator: ", "))"
      )
      target = nil
      return
    }
    if name.hasSuffix("timeout"), MTALimits.seconds(value) == nil {
      mistake = (
        "\(name): bad time value or unit: \(value)",
        "write a number and s, m, h, d or w, such as 30s"
      )
      target = nil
      return
    }
    settings["milter_\(name)"] = value
  }
}

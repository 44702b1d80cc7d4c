/// A filter in Postfix's `smtpd_milters`.
struct PostfixMilter: Hashable, Sendable {
  /// Where it listens, in Postfix's sense.
  enum Target: Hashable, Sendable {
    case inet(host: String, port: String)
    /// A path, relative to the queue directory, or absolute in what the daemon sees.
    case unix(String)
  }

  /// As it is written, without settings of its own.
  let text: String
  /// Nil for what Postfix cannot read.
  let target: Target?

  /// Reads a part of the list: `inet:host:port`, `unix:path`, or one of these with settings, in
  /// braces.
  init(_ field: String) {
    text = PostfixValue.fields(PostfixValue.unbraced(field)).first ?? ""
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      target = nil
      return
    }
    switch parts[0].lowercased() {
    case "unix", "local": target = parts[1].isEmpty ? nil : .unix(String(parts[1]))
    case "inet": target = Self.inet(parts[1])
    default: target = nil
    }
  }

  private static func inet(_ text: Substring) -> Target? {
    guard !text.contains("@"), let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    let port = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !port.isEmpty else { return nil }
    return .inet(host: String(host), port: String(port))
  }
}

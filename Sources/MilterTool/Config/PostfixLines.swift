import MilterKit

/// The lines that enable a filter in Postfix's `main.cf`.
struct PostfixLines {
  let text: String

  /// Creates the lines.
  ///
  /// - Parameters:
  ///   - wish: The settings of the filter.
  ///   - queueDirectory: Postfix's queue directory.
  ///   - isAlone: Whether the settings are in braces and apply only to this filter.
  ///   - explains: Whether a comment before each line explains it.
  ///   - more: Further lines.
  init(
    _ wish: MTALineWish, queueDirectory: String, isAlone: Bool = false, explains: Bool = false,
    more: [String]
  ) {
    let spec = wish.socket.postfix(queueDirectory: queueDirectory)
    let settings = Self.settings(of: wish)
    let own = ([spec] + settings.map { "\($0.name)=\($0.value)" }).joined(separator: ", ")
    var lines = [
      "# \(wish.name), in main.cf. If there are filters already, add it to the lists, after a comma."
    ]
    let explain = { (reasons: [String]) in if explains { lines += reasons.map { "# \($0)" } } }
    explain(["Mail that comes by SMTP goes through these filters, in this order."])
    if isAlone { explain(settings.map { "\($0.name): \($0.reason)." }) }
    lines += [
      "smtpd_milters = \(isAlone ? "{ \(own) }" : spec)",
      "# Mail that programs on this machine submit:", "non_smtpd_milters = $smtpd_milters",
    ]
    for setting in isAlone ? [] : settings {
      if setting.name == "default_action" { lines.append("# While the filter is down:") }
      explain(["\(setting.name): \(setting.reason)."])
      lines.append("milter_\(setting.name) = \(setting.value)")
    }
    lines += more
    if let path = wish.socket.path {
      if spec == "unix:\(path)" {
        lines.append(
          """
          # A daemon that master.cf runs chrooted, as Debian's does, looks for this socket at
          # \(queueDirectory)\(path): let the filter listen there, or on a port.
          """)
      }
      lines.append(
        "# The user postfix must be able to write to the socket: --socket-group postfix.")
    }
    lines.append("# Then: postfix reload")
    text = lines.joined(separator: "\n") + "\n"
  }

  /// The settings of a filter, with their names in braces and their purpose.
  private static func settings(
    of wish: MTALineWish
  ) -> [(name: String, value: String, reason: String)] {
    let purposes = [
      "connect_timeout": "how long Postfix waits for a connection and the negotiation",
      "command_timeout": "how long Postfix waits for a reply before the content",
      "content_timeout": "how long Postfix waits for a reply to the content",
    ]
    return [
      (
        "default_action", wish.defaultAction.rawValue,
        "while the filter is down or too slow, \(wish.defaultAction.effect)"
      ), ("protocol", "6", "the version that today's filters speak"),
    ]
      + wish.timeouts.postfix.map { name, value in
        let name = String(name.dropFirst("milter_".count))
        return (name, value, purposes[name] ?? "")
      }
  }
}

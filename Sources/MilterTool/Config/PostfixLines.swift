/// What belongs into Postfix's `main.cf`.
struct PostfixLines {
  let text: String

  init(_ wish: ConfigVerb, _ socket: MTASocket) {
    let spec = socket.postfix(queueDirectory: wish.queueDirectory)
    var lines = [
      "# \(wish.filter), in main.cf. If there are filters already, add it to the lists, behind a comma.",
      "smtpd_milters = \(spec)",
      "# Mail that programs on this machine submit:",
      "non_smtpd_milters = $smtpd_milters",
      "# While the filter is down:",
      "milter_default_action = \(wish.defaultAction)",
      "milter_protocol = 6",
      "milter_connect_timeout = 30s",
      "milter_command_timeout = \(max(30, wish.answerTime))s",
      "milter_content_timeout = \(max(300, wish.answerTime))s",
    ]
    lines += wish.macros.map(\.postfix)
    if let path = socket.path {
      if spec == "unix:\(path)" {
        lines.append(
          """
          # A daemon that master.cf runs chrooted, as Debian's does, looks for this socket at
          # \(wish.queueDirectory)\(path): let the filter listen there, or on a port.
          """)
      }
      lines.append(
        "# The user postfix must be able to write to the socket: --socket-group postfix.")
    }
    lines.append("# Then: postfix reload")
    text = lines.joined(separator: "\n") + "\n"
  }
}

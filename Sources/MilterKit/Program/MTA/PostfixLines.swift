/// The lines that enable a filter in Postfix's `main.cf`.
package struct PostfixLines {
  package let text: String

  /// Makes the lines.
  ///
  /// - Parameters:
  ///   - wish: The settings of the filter.
  ///   - queueDirectory: Postfix's queue directory.
  ///   - more: Further lines.
  package init(_ wish: MTALineWish, queueDirectory: String, more: [String]) {
    let spec = wish.socket.postfix(queueDirectory: queueDirectory)
    var lines = [
      "# \(wish.name), in main.cf. If there are filters already, add it to the lists, after a comma.",
      "smtpd_milters = \(spec)",
      "# Mail that programs on this machine submit:",
      "non_smtpd_milters = $smtpd_milters",
      "# While the filter is down:",
      "milter_default_action = \(wish.defaultAction)",
      "milter_protocol = 6",
    ]
    lines += wish.timeouts.postfix.map { "\($0.name) = \($0.value)" }
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
}

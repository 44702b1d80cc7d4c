/// The lines that enable a filter in Sendmail's `sendmail.mc`.
package struct SendmailLines {
  package let text: String

  /// Makes the lines.
  ///
  /// - Parameters:
  ///   - wish: The settings of the filter.
  ///   - more: Further lines.
  package init(_ wish: MTALineWish, more: [String]) {
    var lines = [
      "dnl \(wish.name), in sendmail.mc, before the MAILER lines. Filters run in this order.",
      "\(wish.sendmail)dnl",
    ]
    lines += more
    if let path = wish.socket.path {
      lines.append("dnl No directory above \(path) may be writable for the group or for everyone.")
    }
    lines.append("dnl Then: make the .cf file anew and restart Sendmail.")
    text = lines.joined(separator: "\n") + "\n"
  }
}

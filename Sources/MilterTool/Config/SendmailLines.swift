import MilterKit

/// The lines that enable a filter in Sendmail's `sendmail.mc`.
struct SendmailLines {
  let text: String

  /// Creates the lines.
  ///
  /// - Parameters:
  ///   - wish: The settings of the filter.
  ///   - explains: Whether comments explain the line.
  ///   - more: Further lines.
  init(_ wish: MTALineWish, explains: Bool = false, more: [String]) {
    var lines = [
      "dnl \(wish.name), in sendmail.mc, before the MAILER lines. Filters run in this order."
    ]
    if explains {
      lines += [
        "dnl F: while the filter is down or too slow, \(wish.defaultAction.effect).",
        "dnl C: how long Sendmail waits for a connection.",
        "dnl S: how long it takes to send a packet, at most.",
        "dnl R: how long Sendmail waits for a reply.",
        "dnl E: how long the filter may take from the end of the message to its last reply.",
      ]
    }
    lines.append("\(wish.sendmail)dnl")
    lines += more
    if let path = wish.socket.path {
      lines.append("dnl No directory above \(path) may be writable for the group or for everyone.")
    }
    lines.append("dnl Then: rebuild the .cf file and restart Sendmail.")
    text = lines.joined(separator: "\n") + "\n"
  }
}

/// The report of a difference.
struct Report {
  let session: Session
  let original: Outcome
  let ours: Outcome

  /// The session, the replies and the traces side by side, and how to play it again.
  var text: String {
    var lines = [
      "\(session.kind) session \(String(session.seed, radix: 16)), \(session.variant), "
        + "manners \(session.manners.rawValue)",
      "again: SWIFT_MILTER_DIFF_REPLAY=\(String(session.seed, radix: 16)) "
        + "swift test --filter DifferentialTests",
      "sent:",
    ]
    lines += session.steps.map { "    \(Self.shown($0))" }
    lines.append("replies (original | ours):")
    lines += Self.sideBySide(Self.packets(original.replies), Self.packets(ours.replies))
    lines.append("traces (original | ours):")
    lines += Self.sideBySide(
      Parting.lines(original.trace).map(\.text), Parting.lines(ours.trace).map(\.text))
    lines.append("closed first: \(Self.shown(original)) | \(Self.shown(ours))")
    return lines.joined(separator: "\n")
  }

  private static func shown(_ outcome: Outcome) -> String {
    let closed = outcome.closedFirst.map { $0 ? "yes" : "no" } ?? "not looked at"
    return outcome.isHung ? "\(closed), and hung" : closed
  }

  /// Returns two columns, starting shortly before the first difference, which is marked.
  private static func sideBySide(_ left: [String], _ right: [String]) -> [String] {
    let same = zip(left, right).prefix { $0 == $1 }.count
    if same == left.count && same == right.count { return ["    (\(same) lines, the same)"] }
    let first = max(0, same - 12)
    return (first..<min(max(left.count, right.count), same + 25)).map { row in
      let (l, r) = (row < left.count ? left[row] : "-", row < right.count ? right[row] : "-")
      if l == r { return "    \(l)" }
      return "\(row == same ? ">>> " : "  ! ")\(l)  |  \(r)"
    }
  }

  private static func shown(_ step: Session.Step) -> String {
    switch step {
    case .write(let bytes): "write \(escaped(bytes, 400))"
    case .exchange(let packet, _):
      "exchange '\(escaped([packet.command], 1))' \(escaped(packet.data, 400))"
    default: "\(step)"
    }
  }

  /// Returns the packets of a stream of replies; an incomplete packet is one piece.
  static func packets(_ bytes: [UInt8]) -> [String] {
    var result: [String] = []
    var rest = bytes[...]
    while rest.count >= 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard length >= 1, rest.count >= 4 + length else { break }
      result.append(escaped(Array(rest.dropFirst(4).prefix(length)), 200))
      rest = rest.dropFirst(4 + length)
    }
    if !rest.isEmpty { result.append("incomplete \(escaped(Array(rest), 200))") }
    return result
  }

  /// Returns bytes as text, with \xNN for those that are not printable.
  static func escaped(_ bytes: [UInt8], _ limit: Int) -> String {
    var text = ""
    for byte in bytes.prefix(limit) {
      if (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return bytes.count > limit ? text + "..(\(bytes.count) bytes)" : text
  }
}

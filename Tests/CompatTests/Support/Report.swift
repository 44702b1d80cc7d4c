import MilterTextFixtures

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
    let (complete, rest) = PacketText.packets(bytes)
    let result = complete.map { escaped($0, 200) }
    return rest.isEmpty ? result : result + ["incomplete \(escaped(rest, 200))"]
  }

  /// Returns bytes as text, cut to a maximum number of bytes; see ``PacketText/escaped(_:)``.
  private static func escaped(_ bytes: some Collection<UInt8>, _ limit: Int) -> String {
    let text = PacketText.escaped(bytes.prefix(limit))
    return bytes.count > limit ? text + "..(\(bytes.count) bytes)" : text
  }
}

/// The first difference between two outcomes of the same session.
struct Parting {
  let originalLines: [Line]
  let oursLines: [Line]
  /// The index of the first trace line that differs; the number of lines if only the replies or the
  /// end of the connection differ.
  let index: Int
  let replies: (original: [UInt8], ours: [UInt8])

  /// A line of a trace; empty after the last one.
  struct Line: Equatable {
    let text: String

    /// Whether the line reports a crash.
    var isEnd: Bool { text.hasPrefix("killed by") }
    /// Whether the line is a lookup of a macro.
    var isLookUp: Bool { text.hasPrefix("  getsymval(") }

    /// Whether the line is the end of a connection, of a message, or of the trace.
    var isTeardown: Bool {
      text.isEmpty || text.hasPrefix("abort#") || text.hasPrefix("close#")
    }
  }

  /// Finds the first difference; `nil` if the outcomes are the same.
  init?(_ original: Outcome, _ ours: Outcome) {
    if original == ours { return nil }
    originalLines = Self.lines(original.trace)
    oursLines = Self.lines(ours.trace)
    index = zip(originalLines, oursLines).prefix { $0 == $1 }.count
    replies = (original.replies, ours.replies)
  }

  /// The first lines that differ.
  var original: Line { index < originalLines.count ? originalLines[index] : Line(text: "") }
  var ours: Line { index < oursLines.count ? oursLines[index] : Line(text: "") }

  /// Returns whether a line with this text comes before the difference.
  func before(contains text: String) -> Bool {
    originalLines.prefix(index).contains { $0.text.contains(text) }
  }

  /// Whether our outcome has only the end of the connection from here on, and the same replies as
  /// the original before.
  var oursEndsHere: Bool {
    let rest = oursLines.dropFirst(index)
    var inTeardown = true
    for line in rest {
      if !line.text.hasPrefix(" ") { inTeardown = line.isTeardown }
      if !inTeardown { return false }
    }
    // The abort and close callbacks may send progress replies, which come last. They need not be
    // in the original's replies.
    let progress = [0, 0, 0, 1, UInt8(ascii: "p")]
    var sent = replies.ours[...]
    while sent.suffix(5).elementsEqual(progress) && !replies.original.starts(with: sent) {
      sent = sent.dropLast(5)
    }
    return replies.original.starts(with: sent)
  }

  /// Returns whether the outcomes differ only in lines that contain this text.
  func partsOnlyIn(_ text: String) -> Bool {
    guard originalLines.count == oursLines.count else { return false }
    return zip(originalLines, oursLines).allSatisfy { $0 == $1 || $0.text.contains(text) }
      && replies.original == replies.ours
  }

  static func lines(_ trace: [UInt8]) -> [Line] {
    trace.split(separator: UInt8(ascii: "\n")).map {
      Line(text: String(decoding: $0, as: UTF8.self))
    }
  }
}

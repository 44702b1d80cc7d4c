import MilterCore

/// The differences between two texts by lines, with limits for time and length.
package struct LineDiff {
  /// One line of the comparison.
  enum Line: Hashable {
    case kept([UInt8])
    case removed([UInt8])
    case added([UInt8])
    /// Unchanged lines that are left out.
    case gap
  }

  /// The maximum number of lines on each side that are compared one by one.
  private static let bound = 1000

  /// All lines, in order.
  private(set) var lines: [Line] = []

  /// Compares two texts.
  ///
  /// - Parameters:
  ///   - old: The old lines.
  ///   - new: The new lines.
  ///   - context: The number of unchanged lines to keep around changed ones.
  package init(_ old: [[UInt8]], _ new: [[UInt8]], context: Int) {
    let head = zip(old, new).prefix { $0 == $1 }.count
    let longestTail = min(old.count, new.count) - head
    let tail = zip(old.reversed(), new.reversed()).prefix(longestTail).prefix { $0 == $1 }.count
    let middle = Self.compare(
      Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)]))
    let all = old.prefix(head).map(Line.kept) + middle + old.suffix(tail).map(Line.kept)
    lines = Self.shortened(all, context)
  }

  private static func compare(_ old: [[UInt8]], _ new: [[UInt8]]) -> [Line] {
    guard old.count <= bound, new.count <= bound else {
      return old.map(Line.removed) + new.map(Line.added)
    }
    var removals: Set<Int> = []
    var insertions: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removals.insert(offset)
      case .insert(let offset, _, _): insertions.insert(offset)
      }
    }
    var lines: [Line] = []
    var next = 0
    for (offset, line) in old.enumerated() {
      if removals.contains(offset) {
        lines.append(.removed(line))
        continue
      }
      while insertions.contains(next) {
        lines.append(.added(new[next]))
        next += 1
      }
      lines.append(.kept(line))
      next += 1
    }
    return lines + new.dropFirst(next).map(Line.added)
  }

  private static func shortened(_ all: [Line], _ context: Int) -> [Line] {
    var shown = Set<Int>()
    for (index, line) in all.enumerated() {
      if case .kept = line { continue }
      shown.formUnion(max(0, index - context)...min(all.count - 1, index + context))
    }
    var lines: [Line] = []
    for (index, line) in all.enumerated() {
      if shown.contains(index) {
        lines.append(line)
      } else if lines.last != .gap {
        lines.append(.gap)
      }
    }
    return lines
  }

  /// Returns the lines as text, each with a sign before it.
  ///
  /// After the first `limit` lines, one line has the number of the others.
  package func text(atMost limit: Int) -> [ReportLine.Content] {
    let shown = lines.prefix(limit).map { line in
      switch line {
      case .kept(let line): ReportLine.Content("  " + VisibleText.escaped(line))
      case .removed(let line): ReportLine.Content("- " + VisibleText.escaped(line), .removed)
      case .added(let line): ReportLine.Content("+ " + VisibleText.escaped(line), .added)
      case .gap: ReportLine.Content("...")
      }
    }
    return lines.count > limit ? shown + [.init("... \(lines.count - limit) lines more")] : shown
  }
}

import Foundation
import Glibc

/// Shows the progress on standard error: one changing line on a terminal, else one for each case.
final class ProgressLine {
  private let isTerminal = isatty(2) == 1
  private let start = Date()
  private let total: Int
  private var done = 0
  private var last = ""

  init(total: Int) { self.total = total }

  /// Shows the current activity.
  func show(_ what: String, _ detail: String) {
    if isTerminal {
      put("\r\u{1B}[K[\(done)/\(total)\(rest)] \(what), \(detail)")
    } else if what != last {
      put("[\(done)/\(total)\(rest)] \(what)\n")
    }
    last = what
  }

  /// Counts a finished measurement.
  func step() { done += 1 }

  /// Prints a line that stays.
  func note(_ line: String) { put((isTerminal ? "\r\u{1B}[K" : "") + line + "\n") }

  /// Removes the line.
  func clear() { if isTerminal { put("\r\u{1B}[K") } }

  private var rest: String {
    guard done > 3 else { return "" }
    let seconds = Date().timeIntervalSince(start) / Double(done) * Double(total - done)
    return seconds > 90 ? ", \(Int(seconds / 60)) min left" : ", \(Int(seconds)) s left"
  }

  private func put(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

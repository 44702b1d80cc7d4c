import MilterFilterFixtures
import MilterKit
import Synchronization

/// The behavior of all filters of a server, and a record of their callbacks.
///
/// The behavior can change while the server runs, so one server and one MTA serve a whole table of cases.
final class Play: Sendable {
  private let state = Mutex<(script: ScriptedFilter.Script, journal: Journal)>(
    ({ _, _ in .continue }, Journal()))

  /// Creates a play in which all filters continue.
  init() {}

  /// Creates a play with its first script.
  init(_ script: @escaping ScriptedFilter.Script) { set(script) }

  /// The records since the last script was set.
  var journal: Journal { state.withLock { $0.journal } }

  /// Sets the script of filters that are created from now on.
  func set(_ script: @escaping ScriptedFilter.Script = { _, _ in .continue }) {
    state.withLock { $0 = (script, Journal()) }
  }

  /// Makes one callback return a status, and the others continue.
  func set(
    _ status: MilterStatus, in callback: MilterCallback,
    preparing prepare: @escaping @Sendable (ScriptedFilter) throws -> Void = { _ in }
  ) {
    set { filter, current in
      guard current == callback else { return .continue }
      try prepare(filter)
      return status
    }
  }

  /// Returns a filter that follows the last script.
  func makeFilter() -> ScriptedFilter {
    let (script, journal) = state.withLock { $0 }
    return ScriptedFilter(journal, script)
  }

  /// Waits until the filter's connection has ended, and returns all records.
  func lines() throws -> [String] {
    let journal = journal
    return try poll(for: "the end of the filter's connection") {
      let all = journal.all
      return all.last == "close" ? all : nil
    }
  }

  /// Waits until the filter's connection has ended, and returns the callbacks that were called.
  func callbacks() throws -> [MilterCallback] {
    try lines().compactMap { line in
      MilterCallback.allCases.first { $0.description == line.prefix { $0 != " " } }
    }
  }
}

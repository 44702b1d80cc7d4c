import MilterFilterFixtures
import MilterKit
import Synchronization

/// The behavior of all filters of a server, which can change while it runs, and their calls.
///
/// So one server and one MTA serve a whole table of cases.
final class Play: Sendable {
  private let state = Mutex<(script: ScriptedFilter.Script, journal: Journal)>(
    ({ _, _ in .continue }, Journal()))

  /// A play in which all filters continue.
  init() {}

  /// A play with its first script.
  init(_ script: @escaping ScriptedFilter.Script) { set(script) }

  /// The records since the last script was set.
  var journal: Journal { state.withLock { $0.journal } }

  /// Sets what filters do that are made from now on.
  func set(_ script: @escaping ScriptedFilter.Script = { _, _ in .continue }) {
    state.withLock { $0 = (script, Journal()) }
  }

  /// Has one callback return a status, and the others continue.
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

  /// A filter that follows the last script.
  func makeFilter() -> ScriptedFilter {
    let (script, journal) = state.withLock { $0 }
    return ScriptedFilter(journal, script)
  }

  /// All that was noted, once a filter's connection has ended: the client may know of that first.
  func lines() throws -> [String] {
    let journal = journal
    return try poll(for: "the end of the filter's connection") {
      let all = journal.all
      return all.last == "close" ? all : nil
    }
  }

  /// The callbacks that were called, once a filter's connection has ended.
  func callbacks() throws -> [MilterCallback] {
    try lines().compactMap { line in
      MilterCallback.allCases.first { $0.description == line.prefix { $0 != " " } }
    }
  }
}

import MilterCore
import Testing

/// Every state and every command, compared with tables recorded from libmilter.
@Suite struct CommandTableTests {
  /// All callbacks registered.
  static let everyCallback = RecordedTable(
    """
    state     O   C   H   M   R   T   L   N   B   E   A   U   K   Q
    (start)   +   .   +   +   .   .   .   .   .   .   .   +   .   X
    O         .   +   +   +   .   .   .   .   .   .   .   +   .   X
    O C       .   .   +   +   .   .   .   .   .   .   .   +   .   X
    O C H     .   .   +   +   .   .   .   .   .   .   .   +   .   X
    .. M      a.  a.  a+  a+  +   a.  a.  a.  a.  a.  +   +   a.  aX
    .. M R    a.  a.  a+  a+  +   +   +   +   +   +   +   +   a.  aX
    .. R T    a.  a.  a+  a+  a.  a.  +   +   a.  a.  +   a+  a.  aX
    .. T L    a.  a.  a+  a+  a.  a.  +   +   a.  a.  +   a+  a.  aX
    .. L N    a.  a.  a+  a+  a.  a.  a.  a.  +   +   +   a+  a.  aX
    .. N B    a.  a.  a+  a+  a.  a.  a.  a.  +   +   +   a+  a.  aX
    .. B E    .   .   +   +   .   .   .   .   .   .   .   +   +   X
    O C H A   .   .   +   +   .   .   .   .   .   .   .   +   .   X
    .. M R A  .   .   +   +   .   .   .   .   .   .   .   +   .   X
    .. B A    .   .   +   +   .   .   .   .   .   .   .   +   .   X
    O C U     .   .   +   +   +   +   .   .   +   .   +   +   +   X
    .. M R U  .   .   +   +   +   +   .   .   +   .   +   +   +   X
    .. E U    .   .   +   +   +   +   .   .   +   .   +   +   +   X
    O C H K   .   .   +   +   .   .   .   .   .   .   .   +   .   X
    .. E K    .   +   +   +   .   .   .   .   .   .   .   +   .   X
    .. M R M  a.  a.  a+  a+  +   a.  a.  a.  a.  a.  +   +   a.  aX
    """)

  /// Only eom, abort, and close registered: every state from connect to body may be skipped.
  static let onlyEom = RecordedTable(
    """
    state     O   C   H   M   R   T   L   N   B   E   A   U   K   Q
    (start)   +   .   +   +   +   +   +   +   +   +   +   +   .   X
    O         .   +   +   +   +   +   +   +   +   +   +   +   .   X
    O C       .   .   +   +   +   +   +   +   +   +   +   +   .   X
    O C H     .   .   +   +   +   +   +   +   +   +   +   +   .   X
    .. M      a.  a.  a+  a+  +   +   +   +   +   +   +   +   a.  aX
    .. M R    a.  a.  a+  a+  +   +   +   +   +   +   +   +   a.  aX
    .. R T    a.  a.  a+  a+  a+  a+  +   +   +   +   +   a+  a.  aX
    .. T L    a.  a.  a+  a+  a+  a+  +   +   +   +   +   a+  a.  aX
    .. L N    a.  a.  a+  a+  a+  a+  a+  a+  +   +   +   a+  a.  aX
    .. N B    a.  a.  a+  a+  a+  a+  a+  a+  +   +   +   a+  a.  aX
    .. B E    .   .   +   +   +   +   +   +   +   +   +   +   +   X
    O C H A   .   .   +   +   +   +   +   +   +   +   +   +   +   X
    .. M R A  .   .   +   +   +   +   +   +   +   +   +   +   +   X
    .. B A    .   .   +   +   +   +   +   +   +   +   +   +   +   X
    O C U     .   .   +   +   +   +   +   +   +   +   +   +   +   X
    .. M R U  .   .   +   +   +   +   +   +   +   +   +   +   +   X
    .. E U    .   .   +   +   +   +   +   +   +   +   +   +   +   X
    O C H K   .   .   +   +   +   +   +   +   +   +   +   +   .   X
    .. E K    .   +   +   +   +   +   +   +   +   +   +   +   .   X
    .. M R M  a.  a.  a+  a+  +   +   +   +   +   +   +   +   a.  aX
    """)

  /// All but unknown registered: after abort, the commands that may follow unknown are allowed.
  static let noUnknown = RecordedTable(
    """
    state     O   C   H   M   R   T   L   N   B   E   A   U   K   Q
    O C H A   .   .   +   +   .   .   .   .   .   .   .   +   .   X
    .. M R A  .   .   +   +   +   +   .   .   +   .   +   +   +   X
    .. B A    .   .   +   +   +   +   .   .   +   .   +   +   +   X
    """)

  static let recordings: [(name: String, callbacks: MilterCallbacks, table: RecordedTable)] = [
    ("every callback", .all, everyCallback),
    ("only eom", [.eom, .abort, .close], onlyEom),
    ("no unknown", MilterCallbacks.all.subtracting(.unknown), noUnknown),
  ]

  @Test(arguments: recordings.indices)
  func `Each cell equals libmilter's value, or a named difference`(index: Int) throws {
    let (name, callbacks, table) = Self.recordings[index]
    #expect(table.columns == Array("OCHMRTLNBEAUKQ"))
    for (state, cells) in table.rows {
      let path = try #require(RecordedTable.path(state), "no path to \(state)")
      try #require(cells.count == table.columns.count)
      for (column, original) in zip(table.columns, cells) {
        let mend = TableMend.all.first { $0.covers(name, state, column) }
        if let mend { #expect(mend.original == original, "\(name): \(state) | \(column)") }
        var play = Play(callbacks)
        _ = play.send(path)
        let cell = Self.cell(play.directive(String(column)), column)
        #expect(cell == mend?.ours ?? original, "\(name): \(state) | \(column)")
      }
    }
  }

  @Test func `Each named difference changes a value`() {
    #expect(TableMend.all.allSatisfy { $0.original != $0.ours })
    #expect(TableMend.all.count == Set(TableMend.all.map(\.place)).count)
    let tables = Dictionary(uniqueKeysWithValues: Self.recordings.map { ($0.name, $0.table) })
    for mend in TableMend.all {
      #expect(tables[mend.table]?.rows.contains { $0.state == mend.state } == true)
    }
  }

  /// Returns the next step in the notation of the tables.
  private static func cell(
    _ directive: (aborts: Bool, step: SessionStep), _ column: Character
  ) -> String {
    // The call of abort is all that the command A does.
    if column == "A" { return directive.aborts && directive.step == .done ? "+" : "." }
    let first = directive.aborts ? "a" : ""
    switch directive.step {
    case .negotiate, .call, .acknowledge, .close: return first + "+"
    case .quit: return first + "X"
    case .fail: return first + "fail"
    case .done, .abort, .messageBegan, .messageEnded, .mistake: return first + "."
    }
  }
}

import Foundation

extension Results {
  /// The goals and their results: the number with the largest miss or the smallest margin, and then
  /// all other numbers that miss the goal.
  var standing: String {
    var table = TextTable(["what must be reached", "", "where", "bound", "measured", "missed by"])
    var reached = 0
    var judged = 0
    for goal in Goal.all {
      let values = goal.values(self).sorted { goal.miss($0.number) > goal.miss($1.number) }
      guard let worst = values.first else { continue }
      judged += 1
      if goal.miss(worst.number) <= 0 { reached += 1 }
      let shown = values.prefix { goal.miss($0.number) > 0 }
      for value in shown.isEmpty ? values.prefix(1) : shown {
        table.add(Self.cells(goal, value), group: goal.text)
      }
    }
    guard judged > 0 else { return "" }
    let unknown = Goal.all.count - judged
    return table.text + "\n\(reached) of \(judged) reached; \(unknown) not measured\n"
  }

  private static func cells(_ goal: Goal, _ value: Goal.Value) -> [String] {
    let miss = goal.miss(value.number)
    let bound =
      switch goal.bound {
      case .atLeast(let bound): "≥ " + number(bound)
      case .atMost(let bound): "≤ " + number(bound)
      }
    return [
      goal.text, miss > 0 ? "MISSED" : "reached", value.place, bound, number(value.number),
      miss > 0 ? String(format: "%.0f%%", miss * 100) : "",
    ]
  }

  private static func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
  }
}

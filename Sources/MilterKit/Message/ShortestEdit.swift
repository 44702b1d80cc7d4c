/// Finds the smallest number of actions that change one header to another: changes, deletions, and insertions.
///
/// The number of actions is Levenshtein's distance, where a field can only replace a field with the same name.
/// The search begins with pairs of fields whose indexes differ little, and continues with others until no
/// shorter path is possible (Ukkonen, 1985). Its time grows with the number of fields times the number of
/// actions.
struct ShortestEdit {
  /// For each field, the index of the original field that stays in its place, if any; ascending.
  let sources: [Int?]

  /// The maximum number of pairs in a search: enough for 700 fields that were all replaced.
  private static let mostPairs = 1 << 20
  /// The difference of indexes with which the search begins.
  private static let firstReach = 8

  private enum Step: UInt8 { case none, keep, delete, insert }

  /// Searches for the actions; `nil` if the search needs too many pairs.
  init?(
    _ fields: [MilterMessage.Field], _ original: [MilterMessage.Field], _ traits: MTATraits
  ) {
    let isSame = { (pair: (MilterMessage.Field, MilterMessage.Field)) in
      pair.0.id == pair.1.id && pair.0.hasContent(of: pair.1)
    }
    let start = zip(fields, original).prefix(while: isSame).count
    let end = zip(fields[start...].reversed(), original[start...].reversed())
      .prefix(while: isSame).count
    let pairs = FieldPairs(fields.dropLast(end)[start...], original.dropLast(end)[start...], traits)
    guard let middle = Self.search(pairs) else { return nil }
    sources =
      Array(0..<start) + middle.map { $0.map { $0 + start } }
      + Array((original.count - end)..<original.count)
  }

  private static func search(_ pairs: FieldPairs) -> [Int?]? {
    let (old, new) = (pairs.oldCount, pairs.newCount)
    var reach = max(abs(new - old), firstReach)
    while true {
      reach = min(reach, max(old, new))
      guard (old + 1) * (2 * reach + 1) <= mostPairs else { return nil }
      let (steps, cost) = fill(pairs, reach)
      if reach >= max(old, new) {
        return cost < FieldPairs.impossible ? path(steps, pairs, reach) : nil
      }
      if cost < FieldPairs.action * (reach + 1) { return path(steps, pairs, reach) }
      reach *= 2
    }
  }

  /// The last step of the cheapest path to each pair of indexes, row by row, and the total cost.
  private static func fill(_ pairs: FieldPairs, _ reach: Int) -> ([Step], cost: Int) {
    let width = 2 * reach + 1
    var steps = [Step](repeating: .none, count: (pairs.oldCount + 1) * width)
    // The costs for `row` original fields and `row + column - reach` current fields.
    var former = [Int](repeating: FieldPairs.impossible, count: width)
    var costs = former
    for row in 0...pairs.oldCount {
      for column in max(0, reach - row)..<min(width, pairs.newCount - row + reach + 1) {
        let new = row + column - reach
        var best = (cost: row + new == 0 ? 0 : FieldPairs.impossible, step: Step.none)
        if row > 0, new > 0, let cost = pairs.costOfKeeping(row - 1, new - 1) {
          best = (former[column] + cost, .keep)
        }
        if row > 0, column + 1 < width {
          let cost = former[column + 1] + FieldPairs.action
          if cost < best.cost { best = (cost, .delete) }
        }
        if new > 0, column > 0 {
          let cost = costs[column - 1] + pairs.costOfInserting(new - 1)
          if cost < best.cost { best = (cost, .insert) }
        }
        costs[column] = min(best.cost, FieldPairs.impossible)
        steps[row * width + column] = best.step
      }
      swap(&former, &costs)
      for column in costs.indices { costs[column] = FieldPairs.impossible }
    }
    return (steps, former[pairs.newCount - pairs.oldCount + reach])
  }

  private static func path(_ steps: [Step], _ pairs: FieldPairs, _ reach: Int) -> [Int?] {
    var sources = [Int?](repeating: nil, count: pairs.newCount)
    var (old, new) = (pairs.oldCount, pairs.newCount)
    while old > 0 || new > 0 {
      switch steps[old * (2 * reach + 1) + new - old + reach] {
      case .keep:
        (old, new) = (old - 1, new - 1)
        sources[new] = old
      case .delete: old -= 1
      case .insert: new -= 1
      case .none: return sources
      }
    }
    return sources
  }
}

/// Something the library must reach.
struct Goal: Sendable {
  /// On which side of the bound the values must lie.
  enum Bound {
    case atLeast(Double)
    case atMost(Double)
  }

  /// One number that the goal is about, and where it comes from.
  struct Value {
    let place: String
    let number: Double
  }

  let text: String
  let bound: Bound
  /// The numbers in the results; none if what it takes was not measured.
  let values: @Sendable (Results) -> [Value]

  /// How far a number is on the wrong side of the bound, as a share of the bound; below 0 on the
  /// right side.
  func miss(_ number: Double) -> Double {
    switch bound {
    case .atLeast(let bound): (bound - number) / bound
    case .atMost(let bound): (number - bound) / bound
    }
  }
}

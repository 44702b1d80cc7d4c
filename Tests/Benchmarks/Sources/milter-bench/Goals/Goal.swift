/// A performance goal of the library.
struct Goal: Sendable {
  /// The limit of the values.
  enum Bound {
    case atLeast(Double)
    case atMost(Double)
  }

  /// A number to compare with the goal, and its origin.
  struct Value {
    let place: String
    let number: Double
  }

  let text: String
  let bound: Bound
  /// The numbers in the results; empty if the cases were not measured.
  let values: @Sendable (Results) -> [Value]

  /// Returns by how much a number misses the limit, as a fraction of the limit; negative if it does
  /// not.
  func miss(_ number: Double) -> Double {
    switch bound {
    case .atLeast(let bound): (bound - number) / bound
    case .atMost(let bound): (number - bound) / bound
    }
  }
}

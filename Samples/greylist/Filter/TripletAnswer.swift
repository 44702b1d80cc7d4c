/// A store's answer about a triplet.
public struct TripletAnswer: Sendable {
  /// The number of seconds that the triplet has to wait, 0 if it passes.
  public var wait: Int
  /// Why the store may forget the triplet too early; `nil` if it does not.
  public var failure: (any Error)?

  /// Creates an answer.
  public init(wait: Int, failure: (any Error)? = nil) {
    self.wait = wait
    self.failure = failure
  }
}

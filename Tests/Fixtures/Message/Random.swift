import MilterRandomFixtures

/// A random number generator with the same numbers for the same seed.
public struct Random: RandomNumberGenerator {
  private var numbers: SplitMix64

  /// Creates a generator with a seed.
  public init(seed: Int) {
    numbers = SplitMix64(seed: UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// Returns the next number.
  public mutating func next() -> UInt64 { numbers.next() }

  /// Returns a number from 0 up to but not including `bound`.
  public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// Returns true in one of `count` calls on average.
  public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// Returns an element of a list.
  public mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

import MilterRandomFixtures

/// Numbers that are the same for the same seed.
public struct Random: RandomNumberGenerator {
  private var numbers: SplitMix64

  /// Creates the numbers of a seed.
  public init(seed: Int) {
    numbers = SplitMix64(seed: UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// The next number.
  public mutating func next() -> UInt64 { numbers.next() }

  /// A number from 0 on.
  public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  /// Returns true once in `count` times.
  public mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

  /// One of a list.
  public mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
}

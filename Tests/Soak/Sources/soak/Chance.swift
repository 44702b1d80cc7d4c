/// A small random number generator with a seed, so that a soak test can be repeated, except for the timing of
/// threads.
struct Chance {
  private var state: UInt64

  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

  /// Returns a number from 0 up to, but not including, a limit.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// Returns true once in `count` calls on average.
  mutating func one(in count: Int) -> Bool { below(count) == 0 }

  /// Returns at most `limit` printable bytes.
  mutating func text(upTo limit: Int) -> [UInt8] {
    let first = next()
    return (0..<(1 + below(limit))).map { 0x41 + UInt8((first &+ UInt64($0)) % 26) }
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

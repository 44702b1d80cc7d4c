extension SplitMix64 {
  /// Returns a number from 0 up to but not including `limit`.
  ///
  /// The standard library's methods may return other numbers for the same bits in a later release.
  package mutating func below(_ limit: Int) -> Int {
    Int(next() >> 33) % limit
  }

  /// Returns true in one of `count` calls on average.
  package mutating func oneIn(_ count: Int) -> Bool {
    below(count) == 0
  }

  /// Returns one of the values.
  package mutating func pick<Value>(_ values: [Value]) -> Value {
    values[below(values.count)]
  }
}

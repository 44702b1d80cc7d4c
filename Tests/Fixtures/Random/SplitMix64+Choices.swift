extension SplitMix64 {
  /// A number from 0 up to but not including `limit`.
  ///
  /// The standard library's own methods may change what they make of the same bits.
  package mutating func below(_ limit: Int) -> Int {
    Int(next() >> 33) % limit
  }

  /// True once in `count` times.
  package mutating func oneIn(_ count: Int) -> Bool {
    below(count) == 0
  }

  /// One of the values.
  package mutating func pick<Value>(_ values: [Value]) -> Value {
    values[below(values.count)]
  }
}

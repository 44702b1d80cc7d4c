extension RawSpan {
  /// The bytes.
  package var array: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

  /// The bytes as text; invalid UTF-8 becomes U+FFFD.
  package var text: String {
    unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The strings in the bytes, each of which ends with a NUL.
  package var strings: [[UInt8]] {
    isEmpty
      ? [] : array.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
  }
}

extension [UInt8] {
  /// Appends the bytes of a span, such as the chunk that ``Milter/body(_:)`` gets.
  ///
  /// - Parameter bytes: The bytes, which are copied.
  public mutating func append(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }
}

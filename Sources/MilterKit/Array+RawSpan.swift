extension [UInt8] {
  /// Appends the bytes of a span, such as the chunk that ``Milter/body(_:)`` gets.
  ///
  /// - Parameter bytes: the bytes; they are copied.
  public mutating func append(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }
}

import MilterPlatform

/// Searches in bytes that are also fast in a debug build.
package enum ByteSearch {
  /// Returns the offset of the first byte with a value.
  ///
  /// The corresponding C function is `memchr`.
  package static func firstOffset(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else {
      return nil
    }
    return UnsafeRawPointer(found) - start
  }
}

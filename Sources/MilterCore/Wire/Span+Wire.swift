extension Span<UInt8> {
  /// Returns the 32-bit number in network byte order at an offset; `nil` if there are not enough bytes.
  package func bigEndian32(at offset: Int) -> UInt32? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return UInt32(
      bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Returns the range of the C string at an offset, without its NUL; `nil` if there is no NUL.
  package func cString(at offset: Int) -> Range<Int>? {
    guard offset >= 0, offset < count else { return nil }
    return CLibrary.firstNUL(in: self, from: offset).map { offset..<$0 }
  }

  /// Returns the ranges of all C strings one after the other; bytes after the last NUL do not count.
  package func cStrings(from offset: Int = 0) -> [Range<Int>] {
    var strings: [Range<Int>] = []
    var next = offset
    while let string = cString(at: next) {
      strings.append(string)
      next = string.upperBound + 1
    }
    return strings
  }

  /// Returns a copy of the bytes in a range.
  package func bytes(in place: Range<Int>) -> [UInt8] {
    unsafe extracting(place).withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// The maximum number of bytes of a string that needs no allocation.
  private static var longestSmall: Int { 15 }

  /// Returns the bytes in a range as text; invalid UTF-8 becomes U+FFFD.
  package func text(in place: Range<Int>) -> String {
    let count = place.count
    guard count > Self.longestSmall else {
      // For a small string, this takes half the instructions of the general path, and also replaces invalid
      // UTF-8.
      return unsafe extracting(place).withUnsafeBytes { bytes in
        unsafe String(unsafeUninitializedCapacity: Self.longestSmall) { small in
          // The closure gets at least the requested space, and no more is copied.
          unsafe UnsafeMutableRawBufferPointer(small).copyMemory(from: bytes)
          return count
        }
      }
    }
    return unsafe extracting(place).withUnsafeBufferPointer {
      unsafe String(decoding: $0, as: UTF8.self)
    }
  }
}

extension [Range<Int>] {
  /// Copies the bytes of each range.
  package func bytes(_ payload: Span<UInt8>) -> [[UInt8]] {
    var copies: [[UInt8]] = []
    for place in self { copies.append(payload.bytes(in: place)) }
    return copies
  }
}

extension Span<UInt8> {
  /// The 32-bit number in network order at an offset, or nil where the bytes end before it does.
  package func bigEndian32(at offset: Int) -> UInt32? {
    guard offset >= 0, offset <= count - 4 else { return nil }
    return UInt32(
      bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The place of the C string that starts at an offset, without its NUL, or nil without one.
  package func cString(at offset: Int) -> Range<Int>? {
    guard offset >= 0, offset < count else { return nil }
    return CLibrary.firstNUL(in: self, from: offset).map { offset..<$0 }
  }

  /// The places of all C strings one after the other; bytes after the last NUL do not count.
  package func cStrings(from offset: Int = 0) -> [Range<Int>] {
    var strings: [Range<Int>] = []
    var next = offset
    while let string = cString(at: next) {
      strings.append(string)
      next = string.upperBound + 1
    }
    return strings
  }

  /// A copy of the bytes in a place.
  package func bytes(in place: Range<Int>) -> [UInt8] {
    unsafe extracting(place).withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// The most bytes of a string that needs no memory of its own.
  private static var longestSmall: Int { 15 }

  /// The bytes in a place as text; what is not UTF-8 becomes U+FFFD.
  package func text(in place: Range<Int>) -> String {
    let count = place.count
    guard count > Self.longestSmall else {
      // A string that fits into its own two words is made in half the instructions this way, which
      // mends what is not UTF-8 just as well.
      return unsafe extracting(place).withUnsafeBytes { bytes in
        unsafe String(unsafeUninitializedCapacity: Self.longestSmall) { small in
          // The closure gets at least the room that was asked for, and no more is copied.
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

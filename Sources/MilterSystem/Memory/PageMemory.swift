import MilterPlatform

/// Memory that is allocated from the system, and returned to it as a whole.
///
/// A page uses memory only after it was written to.
///
/// `@unchecked Sendable`: the address never changes, and the owner controls the use of the bytes.
package final class PageMemory: @unchecked Sendable {
  /// The bytes, which are zero until they are written.
  package let bytes: UnsafeMutableRawBufferPointer

  /// Allocates memory; `nil` if the system has none left.
  ///
  /// - Parameter size: The number of bytes.
  package init?(size: Int) {
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    // MAP_FAILED, a macro that Swift does not import, is the address with all bits set.
    guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  deinit { munmap(bytes.baseAddress, bytes.count) }
}

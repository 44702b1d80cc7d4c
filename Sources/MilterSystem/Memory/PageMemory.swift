import MilterPlatform

/// Memory from the system itself, which goes back to it as a whole.
///
/// A page takes memory only once it was written to.
///
/// `@unchecked Sendable`: the address never changes; who may use the bytes is the owner's business.
package final class PageMemory: @unchecked Sendable {
  /// The bytes; zeros until they are written.
  package let bytes: UnsafeMutableRawBufferPointer

  /// Takes memory; nil if the system has none to give.
  ///
  /// - Parameter size: the number of bytes.
  package init?(size: Int) {
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    // MAP_FAILED, a macro that Swift does not see, is the address of all ones.
    guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  deinit { munmap(bytes.baseAddress, bytes.count) }
}

import MilterPlatform

/// Unused memory that the C library keeps for later allocations.
package enum FreeMemory {
  /// Returns the memory to the system.
  ///
  /// Free blocks lie between the buffers of idle connections, so the C library itself would return hardly any
  /// memory. The call takes some milliseconds.
  package static func giveBack() {
    #if canImport(Glibc)
      _ = trim?(0)
    #endif
  }

  #if canImport(Glibc)
    /// Looked up by name, because Swift's module of the C library lacks `malloc.h`.
    private static let trim: (@convention(c) (Int) -> Int32)? =
      dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self)
      }
  #endif
}

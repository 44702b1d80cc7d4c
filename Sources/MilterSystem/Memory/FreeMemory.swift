import MilterPlatform

/// Memory that nobody uses, but which the C library keeps for the next who does.
package enum FreeMemory {
  /// Gives it back to the system.
  ///
  /// Among the buffers of connections that fell idle lies what these keep, so that hardly any would
  /// go back by itself. It takes some milliseconds.
  package static func giveBack() {
    #if canImport(Glibc)
      _ = trim?(0)
    #endif
  }

  #if canImport(Glibc)
    /// Found by name, as Swift's view of the C library has no `malloc.h`.
    private static let trim: (@convention(c) (Int) -> Int32)? =
      dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self)
      }
  #endif
}

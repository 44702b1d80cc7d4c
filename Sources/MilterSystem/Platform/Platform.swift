// Re-exports the platform's C library, whose module has a different name on each platform, and nothing else. It
// is a separate module, MilterPlatform, because MilterKit re-exports types of MilterSystem, and must not
// re-export the C library.
#if canImport(Darwin)
  @_exported public import Darwin
#elseif canImport(Musl)
  @_exported public import Musl
#else
  @_exported public import Glibc
#endif

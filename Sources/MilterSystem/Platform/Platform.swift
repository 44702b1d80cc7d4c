// Re-exports the platform's C library, whose module has another name on each platform. Nothing else
// belongs here. It is a module of its own, MilterPlatform: MilterKit re-exports types of MilterSystem,
// and must not re-export the C library.
#if canImport(Darwin)
  @_exported public import Darwin
#elseif canImport(Musl)
  @_exported public import Musl
#else
  @_exported public import Glibc
#endif

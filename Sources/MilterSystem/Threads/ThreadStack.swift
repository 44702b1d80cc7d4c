import MilterPlatform

/// The stack of threads.
package enum ThreadStack {
  /// The default stack size of threads in bytes; `nil` if it is too small.
  ///
  /// With glibc, it is the soft limit of `ulimit -s`, or 2 MiB if that is unlimited.
  package static var defaultSize: Int? {
    #if canImport(Glibc)
      let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
      defer { attributes.deallocate() }
      guard pthread_attr_init(attributes) == 0 else { return nil }
      defer { pthread_attr_destroy(attributes) }
      var size = 0
      return pthread_attr_getstacksize(attributes, &size) == 0 ? size : nil
    #else
      nil
    #endif
  }
}

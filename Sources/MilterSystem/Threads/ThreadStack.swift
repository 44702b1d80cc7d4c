import MilterPlatform

/// The stack of threads.
package enum ThreadStack {
  /// The bytes of stack that pthreads gives a thread by default; nil where that is too little.
  ///
  /// With glibc, the size is the soft limit that `ulimit -s` sets, or 2 MiB if it is unlimited.
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

#if canImport(Darwin)
  import Darwin

  /// The structure, which has the same name as the function.
  private typealias KernelEvent = kevent

  extension Syscalls {
    static func newReadiness() throws(Errno) -> Int32 {
      // Child processes do not inherit a queue.
      let list = kqueue()
      if list == -1 { throw Errno.current }
      return list
    }

    static func wait(
      for event: Readiness.Event, of descriptor: Int32, token: Int, in list: Int32
    ) throws(Errno) {
      // Each direction has its own entry here, and only one of them may be active.
      let isForReading = event != .writable
      let once = event == .news ? EV_CLEAR : EV_ONESHOT
      var changes = [
        change(descriptor, isForReading ? EVFILT_READ : EVFILT_WRITE, EV_ADD | once, token),
        change(descriptor, isForReading ? EVFILT_WRITE : EVFILT_READ, EV_DELETE, token),
      ]
      try Syscalls.once { kevent(list, &changes, 1, nil, 0, nil) }
      // A missing entry for the other direction is not an error.
      _ = kevent(list, &changes[1], 1, nil, 0, nil)
    }

    static func ignore(_ descriptor: Int32, in list: Int32) {
      var change = change(descriptor, EVFILT_READ, EV_DELETE, 0)
      _ = kevent(list, &change, 1, nil, 0, nil)
    }

    private static func change(
      _ descriptor: Int32, _ filter: Int32, _ flags: Int32, _ token: Int
    ) -> KernelEvent {
      KernelEvent(
        ident: UInt(bitPattern: Int(descriptor)), filter: Int16(filter), flags: UInt16(flags),
        fflags: 0, data: 0,
        udata: UnsafeMutableRawPointer(bitPattern: token))
    }

    static func readyTokens(_ list: Int32, milliseconds: Int, most: Int) -> [Int] {
      withUnsafeTemporaryAllocation(of: KernelEvent.self, capacity: most) { entries in
        var time = timespec(
          tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        // A signal ends the wait early, which is harmless.
        let count = kevent(list, nil, 0, entries.baseAddress, Int32(most), &time)
        return entries.prefix(max(0, Int(count))).map { Int(bitPattern: $0.udata) }
      }
    }
  }
#endif

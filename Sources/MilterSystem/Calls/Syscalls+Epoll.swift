#if canImport(Glibc) || canImport(Musl)
  import CMilterSystem

  extension Syscalls {
    static func newReadiness() throws(Errno) -> Int32 {
      let list = epoll_create1(Int32(EPOLL_CLOEXEC))
      if list == -1 { throw Errno.current }
      return list
    }

    static func wait(
      for event: Readiness.Event, of descriptor: Int32, token: Int, in list: Int32
    ) throws(Errno) {
      let kinds: UInt32 =
        switch event {
        case .readable: EPOLLIN.rawValue | EPOLLONESHOT.rawValue
        case .writable: EPOLLOUT.rawValue | EPOLLONESHOT.rawValue
        case .news: EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        }
      var entry = epoll_event(
        events: kinds,
        data: epoll_data_t(u64: UInt64(bitPattern: Int64(token))))
      do throws(Errno) {
        try once { epoll_ctl(list, EPOLL_CTL_MOD, descriptor, &entry) }
      } catch {
        guard error == .noSuchFileOrDirectory else { throw error }
        // The descriptor was not in the list.
        try once { epoll_ctl(list, EPOLL_CTL_ADD, descriptor, &entry) }
      }
    }

    static func ignore(_ descriptor: Int32, in list: Int32) {
      _ = epoll_ctl(list, EPOLL_CTL_DEL, descriptor, nil)
    }

    static func readyTokens(_ list: Int32, milliseconds: Int, most: Int) -> [Int] {
      withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: most) { entries in
        // A signal ends the wait early, which is harmless.
        let count = epoll_wait(list, entries.baseAddress, Int32(most), Int32(milliseconds))
        return entries.prefix(max(0, Int(count))).map { Int(truncatingIfNeeded: $0.data.u64) }
      }
    }
  }
#endif

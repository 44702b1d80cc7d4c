import MilterPlatform
import Testing

import MilterSystem

@Suite
struct SyscallsTests {
  @Test
  func `An interrupted call is repeated, however often`() throws {
    var calls = 0
    let result = try Syscalls.retrying { () -> Int in
      calls += 1
      errno = EINTR
      return calls < 4 ? -1 : 7
    }
    #expect(result == 7)
    #expect(calls == 4)
  }

  @Test
  func `Any other error is thrown at once`() {
    var calls = 0
    #expect(throws: Errno.tooManyOpenFiles) {
      try Syscalls.retrying { () -> Int32 in
        calls += 1
        errno = EMFILE
        return -1
      }
    }
    #expect(calls == 1)
  }

  @Test
  func `An error number describes itself as the C library does`() {
    #expect(Errno.connectionRefused.description == "Connection refused")
    #expect(Errno.connectionRefused.rawValue == ECONNREFUSED)
  }
}

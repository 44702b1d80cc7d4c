import Testing

@testable import MilterSystem

struct UnixSocketRefusalTests {
  @Test(arguments: [
    (Errno.noSuchFileOrDirectory, SocketError.Code.noSuchDirectory),
    (.permissionDenied, .permissionDenied),
    (.notPermitted, .permissionDenied),
    (.fileExists, .addressInUse),
    (.noMemory, .systemCall),
  ])
  func `The code is the reason why the socket file cannot be created`(
    underlying: Errno, code: SocketError.Code
  ) {
    let error = UnixSocketDraft.refusal("/run/filter.sock", underlying)
    #expect(error.code == code, "\(underlying)")
    #expect(error.underlying == underlying)
  }
}

import MilterSystem
import Testing

struct FileErrorTests {
  @Test(arguments: [
    (Errno.noSuchFileOrDirectory, FileError.Code.noSuchFile),
    (.notDirectory, .noSuchFile),
    (.permissionDenied, .permissionDenied),
    (.notPermitted, .permissionDenied),
    (.readOnlyFileSystem, .permissionDenied),
    (.isDirectory, .directory),
    (.noSpace, .noSpace),
    (.quotaExceeded, .noSpace),
    (.badFileDescriptor, .systemCall),
  ])
  func `The code is the kind of the system's error`(underlying: Errno, code: FileError.Code) {
    let error = FileError("cannot read /etc/relays", underlying)
    #expect(error.code == code, "\(underlying)")
    #expect(error.underlying == underlying)
    #expect(error.message == "cannot read /etc/relays: \(underlying)")
  }
}

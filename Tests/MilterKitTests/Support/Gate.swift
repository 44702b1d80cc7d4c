import Foundation
import MilterProcessFixtures

/// Holds the filter of Tests/Programs/OperatedFilter in eom until it is opened.
final class Gate {
  let path: String
  private let descriptor: Int32

  init(in directory: ScratchDirectory) {
    path = directory.path + "/gate"
    descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    flock(descriptor, LOCK_EX)
  }

  deinit { close(descriptor) }

  func open() { flock(descriptor, LOCK_UN) }
}

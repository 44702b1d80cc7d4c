package import Dispatch

extension DispatchSemaphore {
  /// Waits for a signal that a test cannot do without; one that never comes fails the test by its name.
  package func wait(for subject: String) throws {
    guard wait(timeout: .now() + 60) == .success else {
      throw HarnessError("waited a minute without success for \(subject)")
    }
  }
}

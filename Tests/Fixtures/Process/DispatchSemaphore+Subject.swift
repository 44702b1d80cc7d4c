package import Dispatch

extension DispatchSemaphore {
  /// Waits for a signal that a test needs; throws an error with the subject if the signal never
  /// comes.
  package func wait(for subject: String) throws {
    guard wait(timeout: .now() + 60) == .success else {
      throw HarnessError("waited a minute without success for \(subject)")
    }
  }
}

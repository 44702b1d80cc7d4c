import MilterProcessFixtures
import MilterRealMTA

extension RealMTA {
  /// Waits until the log has some texts: Postfix writes it in a process of its own, which takes its time.
  func waitForLog(_ texts: String...) throws {
    for text in texts {
      try wait(for: "\"\(text)\" in the log") { log().contains(text) }
    }
  }
}

import MilterProcessFixtures
import MilterRealMTA

extension RealMTA {
  /// Waits until the log contains some texts, because Postfix's log process may write them later.
  func waitForLog(_ texts: String...) throws {
    for text in texts {
      try wait(for: "\"\(text)\" in the log") { log().contains(text) }
    }
  }
}

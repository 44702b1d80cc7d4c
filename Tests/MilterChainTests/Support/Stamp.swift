import MilterTesting

/// A filter that marks each message.
final class Stamp: Milter {
  override func eom() throws -> Status {
    try addheader("X-Stamp", "yes")
    return .continue
  }
}

import MilterPlatform

/// Tries `attempt` until it returns a value, and gives up with an error after `limit`.
///
/// The one place where this harness waits for something that cannot be waited for directly: a
/// daemon that begins to listen, a process that ends. The pause between two attempts is only there
/// to spare the processor; nothing depends on its length.
package func poll<Value>(
  for subject: String, within limit: Duration = .seconds(60), _ attempt: () throws -> Value?
) throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try attempt() { return value }
    guard ContinuousClock.now < deadline else {
      throw HarnessError("waited \(limit) in vain for \(subject)")
    }
    usleep(2_000)
  }
}

import MilterSystem

/// Calls a closure until it returns a value.
///
/// Throws an error after a time limit.
///
/// Only this function of the harness polls; `wait(for:within:until:)` calls it. It waits for events without a
/// notification, such as a daemon that begins to listen. The pause between two attempts only saves processor time. No
/// result depends on its length.
package func poll<Value>(
  for subject: String, within limit: Duration = .seconds(60), _ attempt: () throws -> Value?
) throws -> Value {
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try attempt() { return value }
    guard ContinuousClock.now < deadline else {
      throw HarnessError("waited \(limit) without success for \(subject)", .timedOut)
    }
    SystemThread.sleep(milliseconds: 2)
  }
}

/// Waits until a condition holds.
///
/// Throws an error after a time limit.
package func wait(
  for subject: String, within limit: Duration = .seconds(60), until isSo: () throws -> Bool
) throws {
  try poll(for: subject, within: limit) { try isSo() ? () : nil }
}

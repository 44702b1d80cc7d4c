import Glibc

/// Calls a closure until it returns a value.
///
/// Fails after five minutes.
public func poll<Value>(for subject: String, _ attempt: () throws -> Value?) throws -> Value {
  let deadline = ContinuousClock.now + .seconds(300)
  while ContinuousClock.now < deadline {
    if let value = try attempt() { return value }
    usleep(2_000)
  }
  throw FixtureError("no success in waiting for \(subject)")
}

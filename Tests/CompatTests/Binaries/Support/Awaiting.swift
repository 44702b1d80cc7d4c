import Glibc

/// Tries `attempt` until it returns a value, and gives up with an error after a minute.
///
/// Only for what cannot be waited for directly: a program that begins to listen. The pause between
/// two attempts spares the processor; nothing depends on its length.
func awaiting<Value>(_ subject: String, _ attempt: () throws -> Value?) throws -> Value {
  let deadline = ContinuousClock.now + .seconds(60)
  while true {
    if let value = try attempt() { return value }
    guard ContinuousClock.now < deadline else {
      throw CompatError("waited in vain for \(subject)")
    }
    usleep(2_000)
  }
}

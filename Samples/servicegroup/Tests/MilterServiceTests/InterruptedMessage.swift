import Dispatch
import MilterTesting

/// A message during which a server stops.
///
/// - Parameters:
///   - socket: Where the server listens.
///   - stop: Has the server stop, without waiting for it.
/// - Returns: What became of the message.
/// - Throws: If the server does not serve.
func interruptedMessage(
  to socket: String, stop: @escaping @Sendable () -> Void
) async throws -> MTAOutcome? {
  try await onThread {
    let mta = try TestMTA(socket: socket)
    mta.helo()
    mta.mail()
    stop()
    // Until nobody else is served any more.
    while (try? TestMTA(socket: socket)) != nil {}
    mta.rcpt()
    mta.data()
    mta.eom()
    defer { mta.quit() }
    return mta.outcome
  }
}

/// Runs what blocks a thread, of which Swift has few.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "MilterServiceTests").async {
      continuation.resume(with: Result { try body() })
    }
  }
}

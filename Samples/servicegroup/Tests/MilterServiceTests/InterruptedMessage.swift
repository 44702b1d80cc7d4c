import Dispatch
import MilterTesting

/// Sends a message during which the server stops.
///
/// - Parameters:
///   - socket: The socket of the server.
///   - stop: Starts a graceful shutdown of the server, and returns at once.
/// - Returns: The outcome of the message.
/// - Throws: An error if the server does not serve.
func interruptedMessage(
  to socket: String, stop: @escaping @Sendable () -> Void
) async throws -> MTAOutcome? {
  try await onThread {
    let mta = try TestMTA(socket: socket)
    mta.helo()
    mta.mail()
    stop()
    // Wait until the server accepts no more connections.
    while (try? TestMTA(socket: socket)) != nil {}
    mta.rcpt()
    mta.data()
    mta.eom()
    defer { mta.quit() }
    return mta.outcome
  }
}

/// Runs a closure that blocks on another thread, because Swift has few threads for tasks.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue(label: "MilterServiceTests").async {
      continuation.resume(with: Result { try body() })
    }
  }
}

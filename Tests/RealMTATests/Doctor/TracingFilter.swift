import Dispatch
import MilterKit

/// A filter that adds a trace to each message, or does not reply.
final class TracingFilter: Milter {
  /// The name of the header field that it adds.
  static let trace = "X-Asked"

  private let silence: MilterCallback?
  private let sendsSigns: Bool
  private let end: DispatchSemaphore

  /// Creates a filter.
  ///
  /// - Parameters:
  ///   - silence: The callback that waits; `nil` for none.
  ///   - sendsSigns: Whether the filter sends progress replies while it waits.
  ///   - end: The semaphore that ends the wait.
  init(waitingIn silence: MilterCallback?, sendsSigns: Bool, until end: DispatchSemaphore) {
    self.silence = silence
    self.sendsSigns = sendsSigns
    self.end = end
  }

  required init() {
    silence = nil
    sendsSigns = false
    end = DispatchSemaphore(value: 0)
  }

  override class var actions: MilterActionFlags { .addhdrs }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    try wait(in: .envfrom)
    return .continue
  }

  override func eom() throws -> Status {
    try wait(in: .eom)
    try addheader(Self.trace, "yes")
    return .continue
  }

  private func wait(in callback: MilterCallback) throws {
    guard callback == silence else { return }
    if sendsSigns {
      while end.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try progress() }
    } else {
      end.wait()
    }
    // Lets the callbacks of other connections also continue.
    end.signal()
  }
}

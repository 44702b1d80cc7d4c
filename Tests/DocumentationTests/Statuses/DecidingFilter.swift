import MilterKit

/// A filter that returns one status from the first call of one callback, and continue otherwise.
class DecidingFilter: Milter {
  private var decision: (MilterCallback, MilterStatus)?
  /// The callbacks that were called, in order.
  private(set) var seen: [MilterCallback] = []

  convenience init(_ status: MilterStatus, in callback: MilterCallback) {
    self.init()
    decision = (callback, status)
  }

  private func answer(_ callback: MilterCallback) -> Status {
    seen.append(callback)
    guard let (wanted, status) = decision, wanted == callback else { return .continue }
    decision = nil
    return status
  }

  override func connect(_ host: String, _ address: MilterAddress?) -> Status { answer(.connect) }
  override func helo(_ host: String) -> Status { answer(.helo) }
  override func envfrom(_ sender: String, _ args: [String]) -> Status { answer(.envfrom) }
  override func envrcpt(_ recipient: String, _ args: [String]) -> Status { answer(.envrcpt) }
  override func data() -> Status { answer(.data) }
  override func unknown(_ command: String) -> Status { answer(.unknown) }
  override func header(_ name: String, _ value: String) -> Status { answer(.header) }
  override func eoh() -> Status { answer(.eoh) }
  override func body(_ chunk: RawSpan) -> Status { answer(.body) }
  override func eom() -> Status { answer(.eom) }
}

/// A ``DecidingFilter`` with no-reply steps.
final class SilentFilter: DecidingFilter {
  override class var noReply: MilterCallbacks {
    [.connect, .helo, .envfrom, .envrcpt, .data, .unknown, .header, .eoh, .body]
  }
}

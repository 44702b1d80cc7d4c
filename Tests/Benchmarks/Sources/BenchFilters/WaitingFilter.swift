package import MilterKit

/// The filter whose header callback waits for `X-Block` until the gate opens, in a thread.
package final class WaitingFilter: CheckingFilter {
  package override func header(_ name: String, _ value: String) throws -> Status {
    _ = try super.header(name, value)
    if name == "X-Block" { Gate.shared.block() }
    return .continue
  }
}

package import MilterKit

/// The filter whose header callback blocks its thread for `X-Block` until the gate opens.
package final class WaitingFilter: CheckingFilter {
  package override func header(_ name: String, _ value: String) throws -> Status {
    _ = try super.header(name, value)
    if name == "X-Block" { Gate.shared.block() }
    return .continue
  }
}

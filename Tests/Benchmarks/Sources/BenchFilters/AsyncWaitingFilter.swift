package import MilterKit

/// The filter whose header callback suspends for `X-Block` until the gate opens.
package final class AsyncWaitingFilter: AsyncCheckingFilter {
  package override func header(_ name: String, _ value: String) async throws -> Status {
    let status = try await super.header(name, value)
    if name == "X-Block" { await Gate.shared.suspend() }
    return status
  }
}

package import MilterKit

/// The filter whose header callback suspends half a second for `X-Block`, as a slow lookup does.
package final class AsyncBlockingFilter: AsyncCheckingFilter {
  package override func header(_ name: String, _ value: String) async throws -> Status {
    let status = try await super.header(name, value)
    if name == "X-Block" { try await Task.sleep(for: .milliseconds(500)) }
    return status
  }
}

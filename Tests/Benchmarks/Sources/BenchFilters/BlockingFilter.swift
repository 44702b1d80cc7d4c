import Glibc
package import MilterKit

/// The filter whose header callback takes half a second for `X-Block`, as a slow lookup does.
package final class BlockingFilter: CheckingFilter {
  package override func header(_ name: String, _ value: String) throws -> Status {
    _ = try super.header(name, value)
    if name == "X-Block" { usleep(500_000) }
    return .continue
  }
}

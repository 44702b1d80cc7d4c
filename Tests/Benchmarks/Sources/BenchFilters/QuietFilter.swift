package import MilterKit

/// The filter with no-reply negotiated for headers.
package final class QuietFilter: CheckingFilter {
  package override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    options.steps = [.nrHdr]
    return .continue
  }

  package override func header(_ name: String, _ value: String) throws -> Status {
    _ = try super.header(name, value)
    return .noreply
  }
}

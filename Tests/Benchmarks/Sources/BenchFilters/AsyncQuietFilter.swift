package import MilterKit

/// The filter with no-reply negotiated for headers.
package final class AsyncQuietFilter: AsyncCheckingFilter {
  package override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) async throws -> Status {
    options.steps = [.nrHdr]
    return .continue
  }

  package override func header(_ name: String, _ value: String) async throws -> Status {
    _ = try await super.header(name, value)
    return .noreply
  }
}

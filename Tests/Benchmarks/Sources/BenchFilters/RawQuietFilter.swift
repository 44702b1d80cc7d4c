package import MilterKit

/// The filter with no-reply negotiated for headers, which gets header fields as bytes.
package final class RawQuietFilter: CheckingFilter {
  private var seen = 0

  package override func negotiate(
    _ offered: MilterOptions, _ options: inout MilterOptions
  ) throws -> Status {
    options.steps = [.nrHdr]
    return .continue
  }

  package override func header(_ name: RawSpan, _ value: RawSpan) throws -> Status {
    seen &+= name.byteCount &+ value.byteCount
    return .noreply
  }
}

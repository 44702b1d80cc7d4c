import Testing

/// Starts an MTA, runs `body` with it, and stops it however that ends.
///
/// Where the MTA is missing but not required, the test, or this case of a parameterised test, is
/// cancelled, with a warning that says why: the report alone would not show a cancelled case.
func withMTA<Result>(
  _ kind: MTAKind, _ settings: MTASettings = MTASettings(),
  _ body: (any MTA) async throws -> Result
) async throws -> Result {
  #if compiler(>=6.3)
    if let missing = kind.missing, !MTAKind.areRequired {
      Issue.record("skipped: \(missing)", severity: .warning)
      try Test.cancel("\(missing)")
    }
  #endif
  let mta = try kind.start(settings)
  defer { mta.stop() }
  return try await body(mta)
}

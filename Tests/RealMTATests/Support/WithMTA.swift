import MilterProcessFixtures
import Testing

/// Starts an MTA, runs `body` with it, and stops it however that ends.
///
/// It waits for filters for minutes, unless the settings specify otherwise: Sendmail's own ten seconds can
/// be over before a busy machine has let a filter answer.
///
/// Where the MTA is missing but not required, the test, or this case of a parameterised test, is
/// canceled, with a warning that has the reason: the report alone would not show a canceled case.
func withMTA<Result>(
  _ kind: RealMTA.Kind, _ settings: RealMTA.Settings = RealMTA.Settings(),
  _ body: (RealMTA) async throws -> Result
) async throws -> Result {
  #if compiler(>=6.3)
    if !kind.isInstalled, !InstallScript.mtas.isRequired {
      Issue.record("skipped: \(kind.missing)", severity: .warning)
      try Test.cancel("\(kind.missing)")
    }
  #endif
  let mta = try RealMTA(kind, settings.patient)
  try StartedMTAs.note(kind)
  defer { mta.stop() }
  return try await body(mta)
}

extension RealMTA.Settings {
  /// The same with minutes for each time that is not set.
  var patient: Self {
    var settings = self
    settings.connectTimeout = connectTimeout ?? .seconds(120)
    settings.commandTimeout = commandTimeout ?? .seconds(120)
    settings.contentTimeout = contentTimeout ?? .seconds(300)
    return settings
  }
}

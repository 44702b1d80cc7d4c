import MilterProcessFixtures
import Testing

/// Starts an MTA, runs `body` with it, and then stops the MTA, also after an error.
///
/// Unless the settings specify otherwise, the MTA waits minutes for filters. Sendmail's default of ten
/// seconds can expire before a filter on a busy machine replies.
///
/// If the MTA is missing but not required, the test, or this case of a parameterized test, is canceled. A
/// warning then gives the reason, because the report does not show a canceled case.
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
  /// The settings, with timeouts of minutes where none is set.
  var patient: Self {
    var settings = self
    settings.connectTimeout = connectTimeout ?? .seconds(120)
    settings.commandTimeout = commandTimeout ?? .seconds(120)
    settings.contentTimeout = contentTimeout ?? .seconds(300)
    return settings
  }
}

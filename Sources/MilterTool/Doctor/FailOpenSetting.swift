/// A setting with which an MTA accepts mail without a filter that fails.
struct FailOpenSetting: Hashable, Sendable {
  /// The setting and its value, as a clause.
  let what: String
  /// The setting that defers the mail instead.
  let fix: String

  /// The finding for a filter that may change bodies.
  var findingAboutBodies: Finding {
    Finding(
      .warning, "the filter may replace bodies, and \(what)",
      why: "a filter that fails while it sends a new body leaves the message half new, and the MTA "
        + "delivers it; filters of MilterKit send nothing before eom has returned, up to 4 MiB",
      fix: "\(fix); if the filter never replaces a body, have it ask for fewer actions")
  }
}

import MilterMTA

/// The release of an MTA under test, and its differences from other releases.
///
/// Tests use only these properties to distinguish releases.
struct MTARelease {
  let kind: RealMTA.Kind
  let version: MTAVersion

  /// The profile that simulates this release.
  var profile: MTAProfile {
    switch kind {
    case .postfix where version >= "3.11.7": .postfix3_11
    case .postfix where version >= "3.10": .postfix3_10
    case .postfix where version >= "3.9": .postfix3_9
    case .postfix: .postfix
    case .sendmail: .sendmail
    }
  }

  /// The profile that simulates this release for local submissions.
  var submissionProfile: MTAProfile { .postfixSubmission }

  /// The name of the release's column in the tables of the article MTAReleases.
  var column: String {
    "\(kind) \(kind == .postfix ? version.series : version.text)"
  }

  /// Whether a filter sees the arguments of an unknown command.
  var showsUnknownArguments: Bool { profile.showsUnknownArguments }

  /// Whether the MTA uses a reject of an unknown command as the reply, and applies a discard to the message.
  var takesUnknownRejects: Bool { profile.takesUnknownRejects }

  /// `{rcpt_host}` for a recipient that Sendmail itself refuses: the enhanced status code, or nothing.
  var hostOfRefused: String { version >= "8.18" ? "" : "5.7.1" }

  /// Whether Postfix knows `milter_default_action = shutdown`.
  var knowsShutdown: Bool { PostfixFeature.shutdown.isKnown(to: version) }

  /// The client's last reply if a filter is down and the MTA is configured to shut the connection down.
  var shutdown: Outcome {
    if kind == .sendmail {
      return Outcome(.greeting, ["421 4.7.0 sendmail.example.org closing connection"])
    }
    let text = "421 postfix.example.org Service unavailable - try again later"
    return knowsShutdown
      ? Outcome(.greeting, [text])
      : Outcome(.mail, ["451 4.3.5 Server configuration problem - try again later"])
  }

  /// Returns the part of the line that Postfix logs for a quarantine.
  func quarantineInLog(_ reason: String) -> String {
    version >= "3.10" ? ": \(reason); from=" : ": milter triggers HOLD action; from="
  }
}

extension RealMTA.Kind {
  /// The installed release.
  ///
  /// If the MTA is missing, tests are skipped or fail before they use this property.
  var release: MTARelease { MTARelease(kind: self, version: version ?? "0.0") }
}

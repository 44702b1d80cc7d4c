import MilterMTA

/// The release of an MTA under test, and what it does differently from other releases.
///
/// All that differs by release is named here; tests expect it by these names.
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

  /// The profile that simulates this release for mail from programs of its own machine.
  var submissionProfile: MTAProfile { .postfixSubmission }

  /// The name of the release's column in the tables of the article MTAReleases.
  var column: String {
    "\(kind) \(kind == .postfix ? version.series : version.text)"
  }

  /// Whether a filter sees what follows the first word of an unknown command.
  var showsUnknownArguments: Bool { profile.showsUnknownArguments }

  /// Whether a reject of an unknown command is the client's reply, and a discard there about the message.
  var takesUnknownRejects: Bool { profile.takesUnknownRejects }

  /// `{rcpt_host}` for a recipient that Sendmail itself refuses: the enhanced status code, or nothing.
  var hostOfRefused: String { version >= "8.18" ? "" : "5.7.1" }

  /// Whether Postfix knows `milter_default_action = shutdown`.
  var knowsShutdown: Bool { PostfixFeature.shutdown.isKnown(to: version) }

  /// The client's last reply while a filter is down and the MTA is to shut the connection down.
  var shutdown: Outcome {
    if kind == .sendmail {
      return Outcome(.greeting, ["421 4.7.0 sendmail.example.org closing connection"])
    }
    let text = "421 postfix.example.org Service unavailable - try again later"
    return knowsShutdown
      ? Outcome(.greeting, [text])
      : Outcome(.mail, ["451 4.3.5 Server configuration problem - try again later"])
  }

  /// The end of the line that Postfix logs for a quarantine.
  func quarantineInLog(_ reason: String) -> String {
    version >= "3.10" ? ": \(reason); from=" : ": milter triggers HOLD action; from="
  }
}

extension RealMTA.Kind {
  /// The installed release.
  ///
  /// Without any, tests are skipped or fail before they depend on it.
  var release: MTARelease { MTARelease(kind: self, version: version ?? "0.0") }
}

import MilterMTA

/// Finds settings that prevent Postfix from running, and settings that accept mail without the filter.
struct PostfixSettingsExamination {
  private(set) var findings: [Finding] = []
  /// The limits that Postfix sets for the filter.
  private(set) var limits = MTALimits()
  /// The setting that accepts mail if the filter fails; `nil` without such a setting.
  private(set) var failOpen: FailOpenSetting?
  private let settings: PostfixSettings
  private let milter: PostfixMilter?

  /// Examines settings.
  ///
  /// - Parameters:
  ///   - settings: The settings of a service.
  ///   - milter: The filter with its own settings; `nil` to examine only settings that stop the service.
  ///   - times: The maximum times of the filter; `nil` if they are unknown.
  init(_ settings: PostfixSettings, _ milter: PostfixMilter?, _ times: FilterTimes?) {
    self.settings = settings
    self.milter = milter
    limits.refusesUnknownSteps = false
    let connect = time("milter_connect_timeout", \.connectTimeout, [.connection])
    // postconf(5) has the negotiation in the time for the connection, but Postfix 3.7 to 3.11 do not do that.
    let command = time("milter_command_timeout", \.commandTimeout, [.reply, .negotiation])
    let content = time("milter_content_timeout", \.contentTimeout, [.content])
    guard milter != nil else { return }
    lookAtVersion()
    lookAtDefaultAction()
    findings +=
      TimeoutExamination(
        [connect, command, content].compactMap(\.self), times
      ).findings
  }

  private mutating func time(
    _ name: String, _ limit: WritableKeyPath<MTALimits, Int>, _ waits: [FilterTimes.Wait]
  ) -> TimeoutExamination.Timeout? {
    // The filter's own settings were checked with the list.
    if let seconds = MTALimits.seconds(settings.value(name, milter)) {
      let usual = limits[keyPath: limit]
      limits[keyPath: limit] = seconds
      return .init(
        name: settings.title(name, milter), seconds: seconds, usual: usual,
        waits: waits)
    }
    let title = settings.title(name, nil)
    findings.append(
      Finding(
        .error, "\(title) is \"\(settings[name])\"",
        why: "that is not a time of one second or more, so Postfix's daemons do not start",
        fix: "\(name) = \(limits[keyPath: limit])s"))
    return nil
  }

  private mutating func lookAtVersion() {
    let name = "milter_protocol"
    let words = PostfixText.fields(settings.value(name, milter))
    let versions = words.filter { ["2", "3", "4", "6"].contains($0) }
    let others = words.filter { !versions.contains($0) && !Self.protocolFlags.contains($0) }
    let title = settings.title(name, milter)
    let fix = "\(milter?.settings[name] == nil ? name : "protocol") = 6, or remove that"
    guard versions.count == 1, others.isEmpty, let version = versions.first.flatMap({ UInt32($0) })
    else {
      findings.append(
        Finding(
          .error, "\(title) is \"\(settings.value(name, milter))\"",
          why: "Postfix knows 2, 3, 4 and 6, one of them; it does not talk to the filter otherwise",
          fix: fix))
      return
    }
    limits.version = version
    guard version < 6 else { return }
    findings.append(
      Finding(
        .warning, "\(title) is \(settings.value(name, milter))",
        why: "today's filters speak version 6; with an older one steps and actions are missing",
        fix: fix))
  }

  /// The words that may follow the version.
  private static let protocolFlags = [
    "no_header_reply", "no_connect", "no_helo", "no_mail", "no_rcpt", "no_body", "no_header",
    "no_eoh",
    "no_unknown", "no_data",
  ]

  private mutating func lookAtDefaultAction() {
    let name = "milter_default_action"
    let action = settings.value(name, milter)
    let title = settings.title(name, milter)
    let fix = "\(milter?.settings[name] == nil ? name : "default_action") = tempfail"
    switch action {
    case "quarantine": break
    case "tempfail":
      // Earlier releases have no better setting, and an unknown release may be one of them.
      guard let version = settings.version, PostfixFeature.shutdown.isKnown(to: version) else {
        break
      }
      findings.append(
        Finding(
          .note, "\(title) is tempfail",
          why: "after one fault of the filter, all mail of the client's connection is deferred; "
            + "shutdown, the default of Postfix \(version), ends the connection instead",
          fix: "\(milter?.settings[name] == nil ? name : "default_action") = shutdown"))
    case "shutdown":
      guard let reason = settings.reason(forLacking: .shutdown) else { break }
      findings.append(
        Finding(
          .error, "\(title) is shutdown",
          why: "\(reason); while the filter is down, clients get 451 and Postfix logs the word",
          fix: fix))
    case "accept":
      failOpen = FailOpenSetting(what: "\(title) is accept", fix: fix)
      findings.append(
        Finding(
          .warning, "\(title) is accept",
          why: "while the filter is down or too slow, mail goes unfiltered",
          fix: "\(fix), unless that is meant"))
    case "reject":
      findings.append(
        Finding(
          .warning, "\(title) is reject",
          why: "while the filter is down or too slow, mail is refused for good",
          fix: "\(fix)"))
    default:
      findings.append(
        Finding(
          .error, "\(title) is \"\(action)\"", why: "Postfix does not know that action",
          fix: "\(fix)"))
    }
  }
}

import MilterKit
import MilterSystem

/// Finds out whether Postfix uses a filter, and what it does if the filter fails.
struct PostfixExamination {
  private(set) var findings: [Finding] = []
  /// The limits that Postfix sets for the filter.
  private(set) var limits = MTALimits()
  /// The settings that accept mail if the filter fails, at most one for each service.
  private(set) var failOpen: [FailOpenSetting] = []
  private let configuration: PostfixConfiguration
  private let socket: MTASocket
  private let times: FilterTimes?
  /// Whether a service uses the filter.
  private var isAsked = false
  /// The paths where services find the filter's socket, and the users of these services.
  private var places: [String: String] = [:]
  /// The entries of filter lists that already have a finding.
  private var blamed: Set<String> = []

  init(_ configuration: PostfixConfiguration, _ socket: MTASocket, _ times: FilterTimes?) {
    self.configuration = configuration
    self.socket = socket
    self.times = times
    lookForRefusedLines()
    lookAtMailBySMTP()
    lookAtLocalMail()
    for (path, user) in places.sorted(by: { $0.key < $1.key }) {
      findings += SocketExamination(path, user: user).findings
    }
    lookForWorldWritable(places.keys.sorted())
    // Services share most settings.
    var seen: Set<Finding> = []
    findings.removeAll { !seen.insert($0).inserted }
  }

  private mutating func lookForRefusedLines() {
    for (line, why) in configuration.mistakes {
      findings.append(
        Finding(
          .error, line, why: why, fix: "correct or remove the line; Postfix does not run with it"))
    }
    for service in configuration.services {
      for (option, why) in service.mistakes {
        findings.append(
          Finding(
            .error, "\(service.name) in master.cf has -o \(option)",
            why: "\(why); \(service.program) does not start with it",
            fix: "write -o name=value without blanks, or -o { name = value }"))
      }
      for option in service.idle {
        findings.append(
          Finding(
            .warning, "\(service.name) in master.cf has -o\(option)",
            why: "Postfix takes that for a parameter of this odd name, so that it has no effect",
            fix: "write -o name=value, or -o { name = value } with a blank before the brace"))
      }
    }
  }

  /// Returns a service's settings; reports a finding if they cannot be evaluated.
  private mutating func settings(of service: PostfixService?) -> PostfixSettings? {
    do throws(PostfixText.Mistake) {
      let settings = try configuration.settings(of: service)
      findings += PostfixSettingsExamination(settings, nil, nil).findings
      return settings
    } catch {
      findings.append(
        Finding(
          .error, "Postfix cannot evaluate its settings", why: "\(error)",
          fix: "correct that in \(configuration.directory); postconf -x shows what they come to"))
      return nil
    }
  }

  private mutating func lookAtMailBySMTP() {
    let daemons = configuration.services.filter { $0.program == "smtpd" }
    if daemons.isEmpty {
      findings.append(
        Finding(
          .error, "master.cf has no smtpd", why: "so no mail comes by SMTP, and none is filtered",
          fix: "take master.cf's line \"smtp inet n - y - - smtpd\" as Postfix comes with it"))
    }
    let list = "smtpd_milters"
    let all = daemons.compactMap { settings(of: $0) }
    let uses = all.map { PostfixFilterUse($0, list, socket) }
    for (settings, use) in zip(all, uses) {
      findings += use.mistakes
      blamed.formUnion(use.blamed)
      if case .asked(let milter) = use.result { ask(milter, settings) }
    }
    let isAsked = isAsked
    // Mail from a content filter was already filtered when it arrived.
    let isOpen = all.contains { $0.service?.isInternal == false }
    for (settings, use) in zip(all, uses) {
      let isInternal = isOpen && settings.service?.isInternal ?? false
      switch use.result {
      case .asked:
        findings += PostfixMilterMaps(settings, socket, configuration).findings
        lookForProxy(settings, isAskedLater: zip(all, uses).contains { Self.asksLater($0, $1) })
      case .missed(let finding): findings.append(finding)
      case .passed(var finding):
        if isInternal { continue }
        if isAsked { finding.severity = .warning }
        findings.append(finding)
      case .absent:
        if isInternal { continue }
        findings.append(absent(settings, isAsked: isAsked))
      }
    }
  }

  /// Whether a service asks the filter about what a content filter hands back.
  private static func asksLater(_ settings: PostfixSettings, _ use: PostfixFilterUse) -> Bool {
    guard case .asked = use.result, settings.service?.isInternal == true else { return false }
    return settings["smtpd_proxy_filter"].isEmpty
  }

  /// A content filter before the queue takes the message from the service that asks the filter.
  private mutating func lookForProxy(_ settings: PostfixSettings, isAskedLater: Bool) {
    let proxy = settings["smtpd_proxy_filter"]
    guard !proxy.isEmpty, !isAskedLater else { return }
    let name = settings.service?.name ?? ""
    findings.append(
      Finding(
        .error, "the daemon \(name) does not show the filter what messages contain",
        why: "it passes them to smtpd_proxy_filter, which is \(proxy), and not to the queue",
        fix: "have the daemon ask the filter to which \(proxy) passes them"))
  }

  /// Checks how a service uses the filter.
  private mutating func ask(_ milter: PostfixMilter, _ settings: PostfixSettings) {
    let examination = PostfixSettingsExamination(settings, milter, times)
    findings += examination.findings
    if let setting = examination.failOpen, !failOpen.contains(setting) { failOpen.append(setting) }
    if !isAsked { limits = examination.limits }
    isAsked = true
    if case .unix(let path) = milter.target { places[settings.place(of: path)] = settings.user }
  }

  private func absent(_ settings: PostfixSettings, isAsked: Bool) -> Finding {
    let name = settings.service?.name ?? ""
    let entries = settings.milters("smtpd_milters").map(\.text)
    let line =
      "smtpd_milters = "
      + (PostfixText.fields(settings["smtpd_milters"])
      + [socket.postfix(queueDirectory: settings.queueDirectory)]).joined(separator: ", ")
    let isOwn = settings.service?.own("smtpd_milters") != nil
    return Finding(
      isAsked ? .note : .error,
      "the daemon \(name) does not use the filter: it is not in smtpd_milters",
      why: entries.isEmpty
        ? "smtpd_milters is empty" + (isOwn ? " in master.cf" : "")
        : "that has only \(entries.joined(separator: ", "))",
      fix: (isAsked ? "if it should: " : "")
        + (isOwn ? "in master.cf, \(name): -o { \(line) }" : "in main.cf: \(line)"))
  }

  /// Checks the filters for mail from local programs, which cleanup uses with its own connection.
  private mutating func lookAtLocalMail() {
    let list = "non_smtpd_milters"
    let services = configuration.services.filter { $0.program == "cleanup" }
    let all = services.isEmpty ? [settings(of: nil)] : services.map { settings(of: $0) }
    var isEmpty = true
    for settings in all.compactMap({ $0 }) {
      let entries = settings.milters(list)
      isEmpty = isEmpty && entries.isEmpty
      let use = PostfixFilterUse(settings, list, socket, blamed: blamed)
      findings += use.mistakes
      switch use.result {
      case .asked(let milter): ask(milter, settings)
      case .missed(let finding), .passed(let finding): findings.append(finding)
      case .absent: break
      }
    }
    let pickups = configuration.services.filter { $0.program == "pickup" }
    for settings in pickups.compactMap({ settings(of: $0) })
    where settings.isUnfiltered && !isEmpty {
      findings.append(
        Finding(
          .warning, "receive_override_options of \(settings.service?.name ?? "") has no_milters",
          why: "mail that programs on this machine submit is not filtered",
          fix: "remove no_milters, unless that is meant"))
    }
    guard isEmpty, all.contains(where: { $0 != nil }) else { return }
    findings.append(
      Finding(
        .note, "non_smtpd_milters is empty",
        why: "mail that programs on this machine submit is not filtered",
        fix: "if it should be: non_smtpd_milters = $smtpd_milters"))
  }

  private mutating func lookForWorldWritable(_ paths: [String]) {
    for path in paths {
      let directories = FileAccess.directories(above: path)
      for directory in directories {
        guard let access = FileAccess(directory), access.isWorldWritable else { continue }
        // In a sticky directory, other users cannot replace existing files.
        if access.isSticky, directory != directories.last { continue }
        findings.append(
          Finding(
            .warning, "\(directory) above the socket is writable for everyone",
            why: "anyone on the machine could put a filter of their own in its place",
            fix: "have the filter listen in a directory of its own, below /run or the queue"))
      }
    }
  }
}

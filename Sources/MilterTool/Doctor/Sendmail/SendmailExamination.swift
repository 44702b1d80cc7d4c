import MilterKit
import MilterMTA
import MilterSystem

/// Finds out whether Sendmail uses a filter, and what it does if the filter fails.
struct SendmailExamination {
  private(set) var findings: [Finding] = []
  /// The limits that Sendmail sets for the filter.
  private(set) var limits = MTALimits(.sendmail)
  /// The setting that accepts mail if the filter fails, if there is one.
  private(set) var failOpen: [FailOpenSetting] = []
  private let configuration: SendmailConfiguration
  private let socket: MTASocket

  init(_ configuration: SendmailConfiguration, _ socket: MTASocket, _ times: FilterTimes?) {
    self.configuration = configuration
    self.socket = socket
    limits.refusesLaterVersions = false
    lookForMistakes()
    guard let filter = configuration.filters.first(where: { leads($0) == .same }) else {
      missFilter()
      return
    }
    lookAtUse(filter)
    lookAtFlags(filter)
    lookAtTimes(filter, times)
    if case .success(.unix(let path)) = SendmailEndpoint.read(filter.socket) {
      let place = configuration.place(of: path)
      findings += SocketExamination(place, user: configuration.user).findings
      lookAtDirectories(place)
      lookAtLinks(place)
    }
  }

  private mutating func lookForMistakes() {
    for filter in configuration.filters {
      for mistake in filter.mistakes {
        findings.append(
          Finding(
            .error, "Sendmail complains about the filter \(filter.name)", why: mistake,
            fix: "correct INPUT_MAIL_FILTER or MAIL_FILTER in sendmail.mc"))
      }
      for slip in filter.slips {
        findings.append(
          Finding(
            .warning, "Sendmail complains about a time of the filter \(filter.name)", why: slip,
            fix: "correct T= in INPUT_MAIL_FILTER or MAIL_FILTER in sendmail.mc"))
      }
      guard case .failure(let mistake) = SendmailEndpoint.read(filter.socket),
        !filter.socket.isEmpty
      else { continue }
      let right = (try? MTASocket(filter.socket))?.sendmail
      findings.append(
        Finding(
          .error, "the filter \(filter.name) has S=\(filter.socket)", why: mistake.why,
          fix: right.map { "write S=\($0)" } ?? "write S=inet:PORT@HOST or S=unix:/PATH"))
    }
    for name in Set(configuration.undefined).sorted() {
      findings.append(
        Finding(
          .error, "InputMailFilters has \(name), which is not defined",
          why: "Sendmail does not run: \"InputFilter \(name) not defined\"",
          fix: "define it with MAIL_FILTER in sendmail.mc, or remove the name"))
    }
    let names = configuration.filters.map(\.name)
    for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 {
      findings.append(
        Finding(
          .error, "the filter \(name) is defined twice",
          why: "Sendmail does not run: \"duplicate filter definition\"", fix: "remove one of them"))
    }
  }

  private func leads(_ filter: SendmailFilter) -> ReachedSocket.Match {
    switch (SendmailEndpoint.read(filter.socket), socket.target) {
    case (.success(.unix(let path)), .unix(let wanted)):
      ReachedSocket.isSame(configuration.place(of: path), wanted) ? .same : .none
    case (.success(.inet(let family, let host, let port)), .inet):
      ReachedSocket.match(host: host, port: port, [family], socket)
    default: .none
    }
  }

  private mutating func missFilter() {
    // A line that Sendmail refuses was already reported.
    let isRefused = configuration.filters.contains {
      if case .failure = SendmailEndpoint.read($0.socket) {
        return (try? MTASocket($0.socket)) == socket
      }
      return false
    }
    if isRefused { return }
    if let filter = configuration.filters.first(where: { leads($0) == .port }) {
      findings.append(
        Finding(
          .error,
          "the filter \(filter.name) has S=\(filter.socket), and the filter listens on "
            + "\(SocketSpec(target: socket.target))",
          why: "that is another address; Sendmail tries inet: with IPv4 and inet6: with IPv6 only",
          fix: "write S=\(socket.sendmail)"))
      return
    }
    let known = configuration.filters.map { "\($0.name) at \($0.socket)" }
    findings.append(
      Finding(
        .error, "Sendmail does not know the filter",
        why: known.isEmpty
          ? "its configuration has no filter at all"
          : "it has only \(known.joined(separator: ", "))",
        fix: "in sendmail.mc: the line that milter config sendmail --socket "
          + "\(SocketSpec(target: socket.target)) prints"))
  }

  private mutating func lookAtUse(_ filter: SendmailFilter) {
    let lists =
      configuration.daemons.isEmpty
      ? [configuration.inputFilters]
      : configuration.daemons.map { $0.filters ?? configuration.inputFilters }
    guard lists.contains(where: { $0.contains(filter.name) }) else {
      let filters = configuration.inputFilters
      findings.append(
        Finding(
          .error, "the filter \(filter.name) is defined and not used",
          why: "it is not in InputMailFilters, which is "
            + (filters.isEmpty ? "empty" : filters.joined(separator: ", ")),
          fix: "use INPUT_MAIL_FILTER in sendmail.mc instead of MAIL_FILTER, or add it to "
            + "confINPUT_MAIL_FILTERS"))
      return
    }
    for (daemon, list) in zip(configuration.daemons, lists) where !list.contains(filter.name) {
      findings.append(
        Finding(
          .note, "the daemon \(daemon.name) does not use the filter \(filter.name)",
          why: "its InputMailFilters is "
            + (list.isEmpty ? "empty" : list.joined(separator: ", ")),
          fix: "nothing, if that is meant"))
    }
  }

  private mutating func lookAtFlags(_ filter: SendmailFilter) {
    if filter.flags.contains("T") || filter.flags.contains("4") { return }
    let isRefusing = filter.flags.contains("R")
    if !isRefusing {
      failOpen.append(FailOpenSetting(what: "the filter \(filter.name) has no F=", fix: "F=T"))
    }
    findings.append(
      Finding(
        .warning, "the filter \(filter.name) has " + (isRefusing ? "F=R" : "no F="),
        why: "while the filter is down or too slow, mail "
          + (isRefusing ? "is refused for good" : "goes unfiltered"),
        fix: "F=T, unless that is meant"))
  }

  private mutating func lookAtTimes(_ filter: SendmailFilter, _ times: FilterTimes?) {
    let usual = MTATimeouts()
    limits.connectTimeout = filter.timeouts["C"] ?? limits.connectTimeout
    limits.commandTimeout = filter.timeouts["R"] ?? limits.commandTimeout
    limits.contentTimeout = filter.timeouts["E"] ?? limits.contentTimeout
    let isDefault = filter.timeouts["R"] == nil
    findings +=
      TimeoutExamination(
        [
          .init(
            name: "T=C of \(filter.name)", seconds: limits.connectTimeout, usual: usual.connect,
            waits: [.connection]),
          .init(
            name: "T=R of \(filter.name)", seconds: limits.commandTimeout,
            usual: isDefault ? 0 : usual.reply, waits: [.negotiation, .reply]),
          .init(
            name: "T=E of \(filter.name)", seconds: limits.contentTimeout, usual: usual.end,
            waits: [.content]),
        ], times
      ).findings
    guard isDefault, times == nil else { return }
    findings.append(
      Finding(
        .note,
        "the filter \(filter.name) has no T=R, so Sendmail waits \(limits.commandTimeout) s for a reply",
        why: "a filter that asks others, such as DNS or a scanner, may need longer",
        fix: "T=\(usual.sendmail)"))
  }

  /// Checks that a socket is no link: Sendmail does not trust a file that has another name.
  private mutating func lookAtLinks(_ path: String) {
    guard let status = try? FileStatus(FilePath(path), followingLinks: false) else { return }
    guard status.isLink || status.names > 1 else { return }
    findings.append(
      Finding(
        .error, "\(path) is \(status.isLink ? "a symbolic link" : "one of several hard links")",
        why: "Sendmail refuses a socket that is a link: it logs \"unsafe\"",
        fix: "write S= with the path where the filter listens; its directory may be a link"
      ))
  }

  /// Checks the directories of a socket: Sendmail does not trust a socket that other users could replace.
  private mutating func lookAtDirectories(_ path: String) {
    let trustsGroup = configuration.blameless.contains("groupwritabledirpathsafe")
    for directory in FileAccess.directories(above: path) {
      guard let access = FileAccess(directory) else { return }
      let isOpen = access.isWorldWritable || (access.isGroupWritable && !trustsGroup)
      guard isOpen else { continue }
      let who = access.isWorldWritable ? "everyone" : "its group"
      findings.append(
        Finding(
          .error, "\(directory) above the socket is writable for \(who) (mode \(access.modeText))",
          why: "Sendmail refuses a socket that others could replace: it logs \"unsafe\"",
          fix: (access.isShared ? "" : "chmod go-w \(directory), or ")
            + "have the filter listen in a directory of its own, such as /run/NAME"))
    }
  }
}

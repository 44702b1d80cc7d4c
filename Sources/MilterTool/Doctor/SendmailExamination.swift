import MilterSockets

/// Finds out whether Sendmail leads to a filter, and what it does when the filter fails.
struct SendmailExamination {
  private(set) var findings: [Finding] = []
  /// What Sendmail asks of the filter.
  private(set) var limits = MTALimits(
    version: 6, connectTimeout: 300, commandTimeout: 10, contentTimeout: 300)
  private let configuration: SendmailConfiguration
  private let socket: MTASocket

  init(_ configuration: SendmailConfiguration, _ socket: MTASocket, answerTime: Int?) {
    self.configuration = configuration
    self.socket = socket
    lookForMistakes()
    guard let filter = configuration.filters.first(where: { (try? MTASocket($0.socket)) == socket })
    else {
      missFilter()
      return
    }
    lookAtUse(filter)
    lookAtFlag(filter)
    limits.connectTimeout = filter.timeouts["C"] ?? limits.connectTimeout
    limits.commandTimeout = filter.timeouts["R"] ?? limits.commandTimeout
    limits.contentTimeout = filter.timeouts["E"] ?? limits.contentTimeout
    findings +=
      TimeoutExamination(
        [
          ("T=C of \(filter.name)", limits.connectTimeout, 300),
          ("T=R of \(filter.name)", limits.commandTimeout, 10),
          ("T=E of \(filter.name)", limits.contentTimeout, 300),
        ], answerTime: answerTime
      ).findings
    if let path = socket.path {
      findings += SocketExamination(path, user: configuration.user).findings
      lookAtDirectories(path)
    }
  }

  private mutating func lookForMistakes() {
    for filter in configuration.filters where filter.socket.hasPrefix("inet") {
      guard !filter.socket.contains("@"), filter.socket.filter({ $0 == ":" }).count > 1,
        let right = try? MTASocket(filter.socket)
      else { continue }
      findings.append(
        Finding(
          .error, "the filter \(filter.name) has S=\(filter.socket)",
          why: "that is Postfix's notation; Sendmail wants the port first",
          fix: "write S=\(right.sendmail)"))
    }
  }

  private mutating func missFilter() {
    let known = configuration.filters.map { "\($0.name) at \($0.socket)" }
    findings.append(
      Finding(
        .error, "Sendmail does not know the filter",
        why: known.isEmpty
          ? "its configuration has no filter at all"
          : "it has only \(known.joined(separator: ", "))",
        fix: "in sendmail.mc: INPUT_MAIL_FILTER(`NAME', `S=\(socket.sendmail), F=T')"))
  }

  private mutating func lookAtUse(_ filter: SendmailConfiguration.Filter) {
    guard !configuration.inputFilters.contains(filter.name) else { return }
    findings.append(
      Finding(
        .error, "the filter \(filter.name) is defined and not used",
        why: "it is not in InputMailFilters, which is "
          + (configuration.inputFilters.isEmpty
            ? "empty" : configuration.inputFilters.joined(separator: ", ")),
        fix: "use INPUT_MAIL_FILTER in sendmail.mc instead of MAIL_FILTER, or add it to "
          + "confINPUT_MAIL_FILTERS"))
  }

  private mutating func lookAtFlag(_ filter: SendmailConfiguration.Filter) {
    switch filter.flag {
    case "T", "4": break
    case "R":
      findings.append(
        Finding(
          .warning, "the filter \(filter.name) has F=R",
          why: "while the filter is down or too slow, mail is refused for good",
          fix: "F=T, unless that is meant"))
    default:
      findings.append(
        Finding(
          .warning, "the filter \(filter.name) has no F=",
          why: "while the filter is down or too slow, mail goes unfiltered",
          fix: "F=T, unless that is meant"))
    }
  }

  /// Sendmail trusts no socket in a place where others could put theirs.
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
          fix: "chmod go-w \(directory), or have the filter listen in a directory of its own"))
    }
  }
}

import MilterSockets

/// Finds out whether Postfix leads to a filter, and what it does when the filter fails.
struct PostfixExamination {
  private(set) var findings: [Finding] = []
  private let configuration: PostfixConfiguration
  private let socket: MTASocket

  init(_ configuration: PostfixConfiguration, _ socket: MTASocket, answerTime: Int?) {
    self.configuration = configuration
    self.socket = socket
    lookForFilter()
    lookAtLocalMail()
    lookAtDefaultAction()
    findings +=
      TimeoutExamination(
        [
          ("milter_connect_timeout", configuration.limits.connectTimeout, 30),
          ("milter_command_timeout", configuration.limits.commandTimeout, 30),
          ("milter_content_timeout", configuration.limits.contentTimeout, 300),
        ], answerTime: answerTime
      ).findings
    lookAtVersion()
  }

  private var line: String {
    "smtpd_milters = " + socket.postfix(queueDirectory: configuration.queueDirectory)
  }

  private mutating func lookForFilter() {
    let daemons = configuration.services.filter { $0.program == "smtpd" }
    if daemons.isEmpty {
      findings.append(
        Finding(
          .error, "master.cf has no smtpd", why: "so no mail comes by SMTP, and none is filtered",
          fix: "take master.cf's line \"smtp inet n - y - - smtpd\" as Postfix comes with it"))
    }
    var found: Set<String> = []
    for daemon in daemons {
      let entries = PostfixValue.fields(configuration.value("smtpd_milters", for: daemon))
        .map(PostfixMilter.init)
      lookForMistakes(entries, daemon)
      guard let entry = entries.first(where: { leads($0, daemon) }) else {
        lookForNearMiss(entries, daemon)
        continue
      }
      if case .unix(let path) = entry.target { found.insert(place(of: path, daemon)) }
    }
    for path in found.sorted() {
      let user = configuration.value("mail_owner")
      findings += SocketExamination(path, user: user).findings
    }
    lookForWorldWritable(found)
  }

  /// Whether an entry is our filter, as this daemon understands it.
  private func leads(_ entry: PostfixMilter, _ daemon: PostfixConfiguration.Service) -> Bool {
    switch (entry.target, socket.target) {
    case (.unix(let path)?, .unix(let wanted)):
      Self.isSame(place(of: path, daemon), wanted)
    case (.inet(let host, let port)?, .inet(_, let wantedHost, let wantedPort)):
      port == "\(wantedPort)" && Self.isSame(host: host, wantedHost)
    default: false
    }
  }

  /// Where a daemon finds a path: in the queue directory, where it is chrooted or the path relative.
  private func place(of path: String, _ daemon: PostfixConfiguration.Service) -> String {
    let isInside = daemon.isChrooted || !path.hasPrefix("/")
    let separator = path.hasPrefix("/") ? "" : "/"
    return isInside ? configuration.queueDirectory + separator + path : path
  }

  private mutating func lookForMistakes(
    _ entries: [PostfixMilter], _ daemon: PostfixConfiguration.Service
  ) {
    for entry in entries where entry.target == nil {
      let right = (try? MTASocket(entry.text))?.postfix(
        queueDirectory: configuration.queueDirectory)
      findings.append(
        Finding(
          .error, "smtpd_milters of \(daemon.name) has \"\(entry.text)\"",
          why: "Postfix cannot read that: it is Sendmail's notation, or none",
          fix: right.map { "write \($0)" } ?? "write inet:HOST:PORT or unix:PATH"))
    }
  }

  private mutating func lookForNearMiss(
    _ entries: [PostfixMilter], _ daemon: PostfixConfiguration.Service
  ) {
    if case .unix(let wanted) = socket.target, daemon.isChrooted,
      entries.contains(where: { $0.target == .unix(wanted) })
    {
      let inside = place(of: wanted, daemon)
      findings.append(
        Finding(
          .error, "the daemon \(daemon.name) looks for the filter at \(inside)",
          why: "master.cf has it run chrooted in \(configuration.queueDirectory), so that is where "
            + "unix:\(wanted) leads",
          fix:
            "have the filter listen on unix:\(inside), or on a port; or turn the fifth column of "
            + "\(daemon.name) in master.cf to n"))
      return
    }
    let mistyped = entries.contains { $0.target == nil && (try? MTASocket($0.text)) == socket }
    if mistyped { return }
    findings.append(
      Finding(
        .error, "the daemon \(daemon.name) does not use the filter: it is not in smtpd_milters",
        why: entries.isEmpty
          ? "smtpd_milters is empty"
          : "that has only \(entries.map(\.text).joined(separator: ", "))",
        fix: "in main.cf: \(line)"))
  }

  private mutating func lookForWorldWritable(_ paths: Set<String>) {
    for path in paths.sorted() {
      let directories = FileAccess.directories(above: path)
      for directory in directories {
        guard let access = FileAccess(directory), access.isWorldWritable else { continue }
        // In a sticky directory what is there already cannot be replaced by others.
        if access.isSticky, directory != directories.last { continue }
        findings.append(
          Finding(
            .warning, "\(directory) above the socket is writable for everyone",
            why: "anyone on the machine could put a filter of their own in its place",
            fix: "have the filter listen in a directory of its own, below /run or the queue"))
      }
    }
  }

  private mutating func lookAtLocalMail() {
    guard PostfixValue.fields(configuration.value("non_smtpd_milters")).isEmpty else { return }
    findings.append(
      Finding(
        .note, "non_smtpd_milters is empty",
        why: "mail that programs on this machine submit is not filtered",
        fix: "if it should be: non_smtpd_milters = $smtpd_milters"))
  }

  private mutating func lookAtDefaultAction() {
    let action = configuration.value("milter_default_action")
    switch action {
    case "tempfail", "shutdown", "quarantine": break
    case "accept":
      findings.append(
        Finding(
          .warning, "milter_default_action is accept",
          why: "while the filter is down or too slow, mail goes unfiltered",
          fix: "milter_default_action = tempfail, unless that is meant"))
    case "reject":
      findings.append(
        Finding(
          .warning, "milter_default_action is reject",
          why: "while the filter is down or too slow, mail is refused for good",
          fix: "milter_default_action = tempfail"))
    default:
      findings.append(
        Finding(
          .error, "milter_default_action is \"\(action)\"",
          why: "Postfix does not know that action",
          fix: "milter_default_action = tempfail"))
    }
  }

  private mutating func lookAtVersion() {
    let version = configuration.value("milter_protocol")
    guard configuration.limits.version < 6 else { return }
    findings.append(
      Finding(
        .warning, "milter_protocol is \(version)",
        why: "today's filters speak version 6; with an older one steps and actions are missing",
        fix: "milter_protocol = 6, or remove the line"))
  }

  private static func isSame(_ first: String, _ second: String) -> Bool {
    first.split(separator: "/") == second.split(separator: "/")
  }

  /// Hosts are compared as they are written, but the machine itself has many names.
  private static func isSame(host: String, _ wanted: String?) -> Bool {
    let own = ["localhost", "127.0.0.1", "::1"]
    guard let wanted else { return true }
    return host == wanted || (own.contains(host) && own.contains(wanted))
  }
}

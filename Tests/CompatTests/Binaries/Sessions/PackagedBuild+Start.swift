import Glibc
import MilterMTA
import MilterProcessFixtures

extension PackagedBuild {
  /// Starts the filter on a library, configured for the session, and returns when it listens.
  func start(on library: LibraryUnderTest, in folder: ScratchDirectory) throws -> RunningFilter {
    let path = folder.path(of: "run/socket")
    try folder.write("", to: "run/.made")
    let setup = try setup(socket: path, in: folder)
    let words = (interpreter.map { [$0] } ?? []) + [setup.program ?? program] + setup.arguments
    let command = try release.command(words[0], Array(words.dropFirst()), on: library)
    let filter = try RunningFilter(
      command, socket: "unix:\(path)", asking: setup.service, in: folder)
    guard self.filter == .clamavMilter else { return filter }
    // clamav-milter listens before it has found clamd, and defers mail until it has.
    try poll(for: "clamav-milter to find clamd") {
      let outcome = try filter.connect().deliver(Mail.make(Mail.text))
      return outcome.verdict == .tempfail ? nil : ()
    }
    return filter
  }

  /// The settings for the start of a filter.
  struct Setup {
    /// The program, if it is not from the package.
    var program: String?
    var arguments: [String]
    /// The service that the filter asks.
    var service: FakeService?
  }

  private func setup(socket: String, in folder: ScratchDirectory) throws -> Setup {
    switch filter {
    case .amavisdMilter:
      try folder.write("", to: "work/.made")
      chmod(folder.path(of: "work"), 0o700)
      let scanner = folder.path(of: "amavisd")
      return Setup(
        arguments: [
          "-f", "-s", "unix:\(socket)", "-S", scanner, "-w", folder.path(of: "work"), "-p",
          folder.path(of: "pid"),
        ], service: try .amavisd(at: scanner) { Self.amavisdAnswer(to: $0) })
    case .bobcat:
      return Setup(program: try Self.compiledBobcat.get().program, arguments: [socket])
    case .clamavMilter:
      let clamd = try FakeService.clamd()
      let file = try folder.write(
        """
        MilterSocket unix:\(socket)
        Foreground yes
        TemporaryDirectory \(folder.path)
        ClamdSocket tcp:127.0.0.1:\(clamd.port)
        AddHeader Replace
        ReportHostname scanner.example.net

        """, to: "conf")
      return Setup(arguments: ["--config-file=\(file)"], service: clamd)
    case .dkimpyMilter:
      try OpenDKIM.makeKey(in: folder)
      let file = try folder.write(
        """
        Socket local:\(socket)
        UserID root
        PidFile \(folder.path(of: "pid"))
        Syslog no
        \(OpenDKIM.key(in: folder).settings)
        InternalHosts 192.0.2.25

        """, to: "conf")
      return Setup(arguments: [file])
    case .mailMilter: return Setup(arguments: [socket])
    case .milterGreylist:
      let file = try folder.write(
        """
        socket "\(socket)"
        pidfile "\(folder.path(of: "pid"))"
        dumpfile "\(folder.path(of: "greylist.db"))" 600
        dumpfreq 1h
        nospf
        racl blacklist from /mallory/ code "551" ecode "5.7.1" msg "Not from you"
        racl whitelist rcpt /carol/
        racl greylist default delay 5m autowhite 1d

        """, to: "conf")
      return Setup(arguments: ["-D", "-f", file])
    case .milterRegex:
      let file = try folder.write(
        """
        reject "Not from you"
        envfrom /mallory/
        tempfail "Not to them"
        envrcpt /refused/
        discard
        header /^Subject$/ /^discard$/
        quarantine "For a reason"
        header /^Subject$/ /^Hello/

        """, to: "conf")
      return Setup(
        arguments: [
          "-d", "-c", file, "-p", "unix:\(socket)", "-u",
          try Self.name(of: getpwuid(geteuid())?.pointee.pw_name),
        ])
    case .mimedefang: return try mimedefang(socket, folder)
    case .opendkim:
      try OpenDKIM.makeKey(in: folder)
      let file = try folder.write(
        """
        \(OpenDKIM.key(in: folder).settings)
        InternalHosts 192.0.2.25
        Socket local:\(socket)
        RequireSafeKeys no
        Syslog no

        """, to: "conf")
      return Setup(arguments: ["-x", file, "-f"])
    case .opendmarc:
      let records = try folder.write(
        """
        _dmarc.strict.example v=DMARC1; p=reject
        _dmarc.example.org v=DMARC1; p=none

        """, to: "records")
      let file = try folder.write(
        """
        Socket local:\(socket)
        AuthservID mx.example.org
        TrustedAuthservIDs mx.example.org
        TestDNSData \(records)
        RejectFailures true
        Syslog false

        """, to: "conf")
      return Setup(arguments: ["-c", file, "-f"])
    case .pymilter, .sendmailMilter:
      return Setup(arguments: ["unix:\(socket)", folder.path(of: "journal")])
    case .pyspfMilter:
      let file = try folder.write(
        """
        debugLevel = 0
        skip_addresses = 192.0.2.0/24
        Header_Type = AR
        Authserv_Id = mx.example.org
        Socket = local:\(socket)
        PidFile = \(folder.path(of: "pid"))
        UserID = root
        InternalHosts = 127.0.0.1

        """, to: "conf")
      return Setup(arguments: [file])
    case .spamassMilter:
      let spamd = try FakeService.spamd()
      return Setup(
        arguments: [
          "-p", socket, "-P", folder.path(of: "pid"), "--", "-d", "127.0.0.1", "-p",
          "\(spamd.port)",
        ], service: spamd)
    case .vrfydmn:
      // The list `/` cannot be read, so no sender domain is local, and -F writes the envelope
      // sender into From.
      return Setup(
        arguments: [
          "-d", "-F", "-f", "/", "-s", "unix:\(socket)", "-u",
          try Self.name(of: getpwuid(geteuid())?.pointee.pw_name), "-g",
          try Self.name(of: getgrgid(getegid())?.pointee.gr_name),
        ])
    }
  }

  /// Returns the name of an account.
  private static func name(of account: UnsafeMutablePointer<CChar>?) throws -> String {
    guard let account else { throw HarnessError("this user or its group has no name") }
    return String(cString: account)
  }
}

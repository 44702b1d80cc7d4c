import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import Testing

/// A filter that overrides only envfrom, and records the client there.
private final class ClientFilter: Milter {
  private let journal: Journal

  init(_ journal: Journal) { self.journal = journal }

  required init() { journal = Journal() }

  override class var wantsClient: Bool { true }

  override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    let client = client
    journal.note("name \(client.name ?? "-")")
    journal.note("address \(client.address?.text ?? "-")")
    journal.note("port \((client.address?.port).map { $0 > 0 ? "yes" : "0" } ?? "-")")
    journal.note("helo \(client.helo ?? "-")")
    journal.note("login \(client.user ?? "-") \(client.mechanism ?? "-")")
    if client.isAuthenticated { journal.note("authenticated") }
    if client.isLocalSubmission { journal.note("local") }
    if let tls = client.tls {
      journal.note("tls \(tls.version) \(tls.bits ?? 0) \(tls.certificateSubject ?? "-")")
    }
    journal.note("daemon \(client.daemonName ?? "-") \(client.daemonPort.map { "\($0)" } ?? "-")")
    journal.note("mta \(mta.kind) \(mta.release?.prefix { $0 != "." } ?? "-")")
    return .continue
  }
}

extension RealMTASuite {
  /// The client's identity, as MTAs report it.
  @Suite struct ClientTests {
    /// A filter's record of one message.
    private func notes(
      _ kind: RealMTA.Kind, _ settings: RealMTA.Settings = RealMTA.Settings(),
      _ body: (RealMTA) async throws -> Void
    ) async throws -> (notes: [String], port: UInt16) {
      let journal = Journal()
      let port = try await withFilter(kind, settings, making: { ClientFilter(journal) }) { mta, _ in
        try await body(mta)
        return mta.port
      }
      return (journal.all, port)
    }

    private func server(_ kind: RealMTA.Kind, _ port: UInt16) -> [String] {
      kind == .postfix
        ? ["daemon postfix.example.org \(port)", "mta postfix 3"]
        : ["daemon MTA \(port)", "mta sendmail 8"]
    }

    @Test(
      arguments: RealMTA.Kind.allCases,
      [("127.0.0.1", "localhost"), ("127.0.0.9", "-")])
    func `An SMTP client, with a name and without`(
      kind: RealMTA.Kind, client: (address: String, name: String)
    ) async throws {
      let (notes, port) = try await notes(kind) { mta in
        let connection = try mta.connect(from: client.address)
        try connection.ehlo("helo.example")
        _ = try connection.mail(from: "sender@from.example")
        try connection.quit()
      }
      #expect(
        notes == [
          "name \(client.name)", "address \(client.address)", "port yes", "helo helo.example",
          "login - -",
        ] + server(kind, port))
    }

    @Test(arguments: RealMTA.Kind.allCases)
    func `A client that logs in`(kind: RealMTA.Kind) async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      try directory.write("mech_list: ANONYMOUS\n", to: "smtpd.conf")
      var settings = RealMTA.Settings()
      settings.postfixLines = [
        "smtpd_sasl_auth_enable = yes", "smtpd_sasl_security_options =",
        "cyrus_sasl_config_path = \(directory.path)",
      ]
      settings.sendmailLines = ["define(`confAUTH_MECHANISMS', `ANONYMOUS')dnl"]
      let (notes, _) = try await notes(kind, settings) { mta in
        let connection = try mta.connect()
        try connection.ehlo()
        // "me@there" in Base64.
        #expect(try connection.command("AUTH ANONYMOUS bWVAdGhlcmU=").code == 235)
        _ = try connection.mail(from: "sender@from.example")
        try connection.quit()
      }
      #expect(notes.contains("login anonymous ANONYMOUS"))
      #expect(notes.contains("authenticated"))
    }

    @Test(
      arguments: RealMTA.Kind.allCases,
      [true, false])
    func `A client with a certificate, which the MTA trusts or does not`(
      kind: RealMTA.Kind, isTrusted: Bool
    ) async throws {
      let directory = try InstanceDirectory()
      defer { directory.remove() }
      let server = try Certificate("server", "/CN=mx.example.org", in: directory)
      let client = try Certificate("client", "/O=Example/CN=A Host", in: directory)
      let trusted = isTrusted ? client : server
      var settings = RealMTA.Settings()
      settings.postfixLines = [
        "smtpd_tls_security_level = may", "smtpd_tls_ask_ccert = yes",
        "smtpd_tls_cert_file = \(server.file)", "smtpd_tls_key_file = \(server.key)",
        "smtpd_tls_CAfile = \(trusted.file)",
      ]
      settings.sendmailLines = [
        "define(`confSERVER_CERT', `\(server.file)')dnl",
        "define(`confSERVER_KEY', `\(server.key)')dnl",
        "define(`confCACERT', `\(trusted.file)')dnl",
        "define(`confCACERT_PATH', `\(directory.path)')dnl",
      ]
      let (notes, _) = try await notes(kind, settings) { mta in
        let connection = try SMTPClient(
          program: "/usr/bin/openssl",
          [
            "s_client", "-quiet", "-starttls", "smtp", "-connect", "127.0.0.1:\(mta.port)",
            "-cert", client.file, "-key", client.key,
          ], greets: false)
        try connection.ehlo("tls.example")
        _ = try connection.mail(from: "sender@from.example")
        try connection.quit()
      }
      let subject = kind == .postfix ? "A Host" : "/O=Example/CN=A Host"
      #expect(notes.contains("tls TLSv1.3 256 \(isTrusted ? subject : "-")"), "\(notes)")
      #expect(notes.contains("helo tls.example"))
    }

    @Test
    func `A local program submits to Postfix`() async throws {
      let journal = Journal()
      let server = try FilterServer { ClientFilter(journal) }
      defer { server.stop() }
      var settings = RealMTA.Settings()
      settings.localFilters = [server.socket.spec]
      try await withMTA(.postfix, settings) { mta in
        _ = try mta.submitLocally(SmallMessage.bytes.filter { $0 != 0x0d })
      }
      #expect(
        journal.all == [
          "name localhost", "address 127.0.0.1", "port 0", "helo localhost", "login - -", "local",
          "daemon postfix.example.org -", "mta postfix 3",
        ])
    }

    @Test
    func `A local program submits to Sendmail`() async throws {
      let (notes, _) = try await notes(.sendmail) { mta in
        let sendmail = try #require(mta.instance as? SendmailInstance)
        let session = try sendmail.session()
        try session.ehlo("prog.example")
        _ = try session.mail(from: "sender@from.example")
        try session.quit()
      }
      #expect(
        notes.prefix(6) == [
          "name localhost", "address -", "port -", "helo prog.example", "login - -", "local",
        ])
      #expect(notes.last == "mta sendmail 8")
    }
  }
}

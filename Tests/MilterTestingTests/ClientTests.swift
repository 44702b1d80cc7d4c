import MilterTesting
import Testing

/// The filter's view of the client, from macros of all shapes.
@Suite struct ClientTests {
  /// Overrides neither connect nor helo.
  private class Reader: Milter {
    private(set) var seen: MilterClientInfo?
    private(set) var server: MTAIdentity?

    override class var wantsClient: Bool { true }

    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      seen = client
      server = mta
      return .continue
    }
  }

  /// Accepts everything.
  private final class Unasking: Reader {
    override class var wantsClient: Bool { false }
  }

  private func client(
    _ profile: MTAProfile = .sendmail, _ macros: [String: String?] = [:],
    host: String = "a.example",
    address: MilterAddress? = .inet(address: "192.0.2.7", port: 4711), asking: Bool = true
  ) throws -> (client: MilterClientInfo, mta: MTAIdentity) {
    let filter = asking ? Reader() : Unasking()
    let mta = TestMTA(profile, filter: filter)
    for (name, value) in macros { mta.macros[name] = value }
    mta.connect(host, address)
    mta.helo("helo.example")
    mta.mail()
    #expect(mta.log.isEmpty)
    return (try #require(filter.seen), try #require(filter.server))
  }

  @Test(arguments: MTAProfile.all)
  func `A client is shown to a filter without connect and helo`(profile: MTAProfile) throws {
    let (client, _) = try client(profile)
    #expect(client.name == "a.example")
    #expect(client.address == .inet(address: "192.0.2.7", port: 4711))
    #expect(client.helo == "helo.example")
    #expect(!client.isAuthenticated && client.user == nil && client.mechanism == nil)
    #expect(!client.isLocalSubmission)
    #expect(client.tls == nil)
  }

  @Test(arguments: MTAProfile.all)
  func `A filter that requests no macros gets the default ones`(profile: MTAProfile) throws {
    let (client, _) = try client(profile, asking: false)
    #expect(client.name == "a.example")
    #expect(client.address?.text == "192.0.2.7")
    #expect(client.helo == nil)
  }

  /// Notes the client in every callback that is about it.
  private final class Noting: Milter {
    private(set) var notes: [String] = []

    private func note(_ callback: MilterCallback) -> Status {
      let address = client.address?.text ?? "-"
      notes.append("\(callback) \(client.name ?? "-") \(address) \(client.helo ?? "-")")
      return .continue
    }

    override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
      note(.connect)
    }
    override func helo(_ host: String) throws -> Status { note(.helo) }
    override func envfrom(_ sender: String, _ args: [String]) throws -> Status { note(.envfrom) }
    override func close() { _ = note(.close) }
  }

  @Test
  func `A callback sees its own command, and nothing of the previous client`() throws {
    let filter = Noting()
    let mta = TestMTA(.libmilterReference, filter: filter)
    for name in ["_", "{client_name}", "{client_addr}"] { mta.macros[name] = String?.none }
    mta.connect("one.example", .inet(address: "192.0.2.1", port: 1))
    mta.helo("first.example")
    mta.helo("second.example")
    mta.mail()
    mta.newClient()
    mta.connect("two.example", nil)
    mta.helo("third.example")
    #expect(mta.log.isEmpty)
    #expect(
      filter.notes == [
        "connect one.example 192.0.2.1 -", "helo one.example 192.0.2.1 first.example",
        "helo one.example 192.0.2.1 second.example",
        "envfrom one.example 192.0.2.1 second.example",
        "close one.example 192.0.2.1 second.example", "connect two.example - -",
        "helo two.example - third.example",
      ])
  }

  @Test
  func `The login is decoded for Sendmail`() throws {
    let macros: [String: String?] = ["{auth_authen}": "joe+2Btag+40x", "{auth_type}": "PLAIN"]
    let sendmail = try client(.sendmail, macros).client
    #expect(sendmail.isAuthenticated && sendmail.user == "joe+tag@x")
    #expect(sendmail.mechanism == "PLAIN")
    let postfix = try client(.postfix, macros).client
    #expect(postfix.isAuthenticated && postfix.user == "joe+2Btag+40x")
    let odd = try client(.sendmail, ["{auth_authen}": "a+4+zz+"]).client
    #expect(odd.user == "a+4+zz+")
    let empty = try client(.postfix, ["{auth_authen}": "", "{auth_type}": ""]).client
    #expect(!empty.isAuthenticated && empty.user == nil)
  }

  @Test
  func `A certificate counts if it is verified`() throws {
    var macros: [String: String?] = [
      "{tls_version}": "TLSv1.3", "{cipher}": "AES", "{cipher_bits}": "256",
      "{cert_subject}": "/CN=A+20Host", "{verify}": "OK",
    ]
    #expect(
      try client(.sendmail, macros).client.tls
        == .init(version: "TLSv1.3", cipher: "AES", bits: 256, certificateSubject: "/CN=A Host"))
    macros["{verify}"] = "FAIL"
    #expect(try client(.sendmail, macros).client.tls?.certificateSubject == nil)
    macros["{verify}"] = .some(nil)
    #expect(try client(.sendmail, macros).client.tls?.certificateSubject == nil)
    #expect(try client(.postfix, macros).client.tls?.certificateSubject == "/CN=A+20Host")
  }

  @Test
  func `A client name that is not proven is nil`() throws {
    #expect(try client(.sendmail, host: "[192.0.2.7]").client.name == nil)
    #expect(try client(.postfix, host: "unknown").client.name == nil)
    let forged = "mx.example [192.0.2.7] (may be forged)"
    #expect(
      try client(.sendmail, ["_": forged, "{client_name}": "mx.example"], host: "mx.example")
        .client.name == nil)
  }

  @Test
  func `Without connect, the address comes from the macros`() throws {
    var profile = MTAProfile.sendmail
    profile.offer.steps.subtract([.nrConn, .nrHelo])
    let found = { (macros: [String: String?]) in
      try client(.sendmail, macros, asking: false).client.address
    }
    #expect(
      try found(["_": "joe@h.example [192.0.2.9]"]) == .inet(address: "192.0.2.9", port: 0))
    #expect(try found(["_": "h [IPv6:2001:db8::9]"]) == .inet6(address: "2001:db8::9", port: 0))
    #expect(try found(["_": "joe@localhost"]) == nil)
    #expect(try found(["_": "h [nonsense]"]) == nil)
  }

  @Test
  func `Submissions by local programs differ from SMTP over loopback`() throws {
    let loopback = MilterAddress.inet(address: "127.0.0.1", port: 0)
    let none: [String: String?] = ["{daemon_port}": "0"]
    #expect(
      try client(.postfixSubmission, none, host: "localhost", address: loopback).client
        .isLocalSubmission)
    #expect(
      try !client(.postfix, host: "localhost", address: loopback).client.isLocalSubmission)
    #expect(
      try client(.sendmail, host: "localhost", address: nil).client.isLocalSubmission)
    #expect(
      try !client(.sendmail, host: "localhost", address: .inet(address: "127.0.0.1", port: 9))
        .client.isLocalSubmission)
  }

  @Test
  func `The MTA is identified by its macros`() throws {
    let found = { (v: String?) in try client(.libmilterReference, ["v": v]).mta }
    #expect(try found("Postfix 3.7.11").kind == .postfix)
    #expect(try found("Postfix 3.7.11").release == "3.7.11")
    #expect(try found("8.17.1.9/8.17.1.9/Debian-2").release == "8.17.1.9")
    #expect(try found("8.18.1").kind == .sendmail)
    #expect(try found("maddy 0.7").kind == .other)
    #expect(try found("maddy 0.7").release == nil)
    let unasked = try client(.sendmail, asking: false).mta
    #expect(unasked.kind == .sendmail && unasked.release == nil)
    #expect(try client(.sendmail).mta.release == "8.17.1.9")
    #expect(Milter().client.address == nil && Milter().mta.kind == .other)
  }

  @Test
  func `A client that a test creates keeps its values`() {
    for address in [
      MilterAddress.inet6(address: "2001:DB8::1", port: 1),
      .inet6(address: "fe80::1%eth0", port: 2), .inet(address: "127.1", port: 3),
    ] {
      let client = MilterClientInfo(name: "a.example", address: address, helo: "c\0d")
      #expect(client.address == address)
      #expect(client.name == "a.example")
      #expect(client.helo == "c\0d")
    }
  }

  /// Has a property of its own with the name.
  private final class Owner: Milter {
    let client = "mine"
    let mta = 1
  }

  @Test
  func `A filter may have properties of the same names`() {
    #expect(Owner().client == "mine")
    #expect(Owner().mta == 1)
  }
}

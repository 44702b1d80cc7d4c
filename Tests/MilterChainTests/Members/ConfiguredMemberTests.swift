import MilterCore
import MilterTesting
import Testing

/// Members of a chain from a configuration file.
@Suite struct ConfiguredMemberTests {
  @Test(arguments: [
    ("clamav", "a member is written NAME SOCKET [KEY=VALUE ...]"),
    ("when=authenticated unix:/s", "a member is written NAME SOCKET [KEY=VALUE ...]"),
    ("\"\" unix:/s", "a member is written NAME SOCKET [KEY=VALUE ...]"),
    ("a \"unix:/s", "a \"unix:/s: a double quote is not closed"),
    ("a fd:3", "fd:3: a member listens on unix:PATH, inet:PORT@HOST, or inet6:PORT@HOST"),
    ("a unix:/s on-falure=accept", "on-falure: no such key of a member; did you mean on-failure?"),
    ("a unix:/s color", "color: no such key of a member"),
    ("a unix:/s on-failure", "on-failure needs a value: on-failure=VALUE"),
    ("a unix:/s on-failure=", "on-failure needs a value: on-failure=VALUE"),
    ("a unix:/s on-failure=reject", "on-failure=reject: not tempfail or accept"),
    ("a unix:/s shadow=yes", "shadow takes no value"),
    ("a unix:/s shadow shadow", "shadow is given twice"),
    ("a unix:/s when=often", "when=often: not authenticated or unauthenticated"),
    ("a unix:/s recipients=bob", "bob: not an address or a domain such as @example.org"),
    ("a unix:/s min-size=ten", "min-size=ten: not a number of bytes, such as 500000 or 10M"),
    ("a unix:/s end-timeout=0", "end-timeout=0: not a number of seconds"),
  ])
  func `An error describes what is wrong with a member`(text: String, message: String) {
    let error = #expect(throws: MilterUsageError.self) { try ConfiguredMember(text) }
    #expect(error?.description == message)
  }

  @Test func `An invalid socket or network is an error`() {
    #expect(throws: MilterUsageError.self) { try ConfiguredMember("a inet:x@y@z") }
    #expect(throws: MilterUsageError.self) {
      try ConfiguredMember("a unix:/s clients=10.0.0.0/40")
    }
  }

  private static let yes = [
    "clients=192.0.2.0/24,2001:db8::/32", "clients=!198.51.100.0/24", "when=unauthenticated",
    "senders=@Example.org", "senders=!nobody@example.org", "recipients=b@example.net",
    "recipients=@example.net,@example.com", "min-size=10", "max-size=1M",
    "on-failure=accept command-timeout=300 end-timeout=300.5 content-timeout=300",
  ]
  private static let no = [
    "clients=198.51.100.0/24", "clients=!192.0.2.0/24", "when=authenticated",
    "senders=a@example.org", "senders=!@example.org", "recipients=b@example.org",
    "recipients=!@example.net", "min-size=10K", "max-size=20", "shadow",
    "clients=192.0.2.0/24 senders=b@example.org",
  ]

  @Test(arguments: yes.map { ($0, true) } + no.map { ($0, false) })
  func `Conditions select the mail that a member sees`(condition: String, isShown: Bool) throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Stamp() }
    try server.start()
    defer { server.stop() }
    let address = try #require(server.addresses.first)
    let member = try ConfiguredMember("stamp \(address) \(condition)")
    let mta = TestMTA(.postfix, filter: MilterChain { [member] })
    mta.connect("client.example.org", .inet(address: "192.0.2.7", port: 1025))
    var message = MTAMail(body: "twenty bytes of text\n")
    message.envelope.sender = .init("<sender@example.org>")
    message.envelope.recipients = [.init("<b@example.net>")]
    let outcome = try mta.send(message).expect(.accept)
    #expect(outcome.headers("X-Stamp") == (isShown ? ["yes"] : []), "\(condition)")
  }

  @Test(arguments: [
    ("\"my filter\" \"unix:/run/my filter/sock\"  shadow", "my filter", "unix:/run/my filter/sock"),
    ("a unix:\"/run/my filter\"/sock", "a", "unix:/run/my filter/sock"),
    (#"a "unix:/run/\"my\\filter\"" shadow"#, "a", #"unix:/run/"my\filter""#),
    (#"a unix:/run/my\filter"#, "a", #"unix:/run/my\filter"#),
  ])
  func `A word in double quotes may have spaces`(text: String, name: String, socket: String) throws
  {
    let member = try ConfiguredMember(text)
    #expect(member.name == name)
    #expect(member.socket == socket)
  }

  @Test func `Each use of a list setting adds to it, and a reload replaces it`() throws {
    let setting = ConfiguredMember.setting()
    #expect(setting.isRepeatable)
    try setting.take("a unix:/a")
    try setting.take("b unix:/b")
    #expect(setting.value.map(\.name) == ["a", "b"])
    #expect(throws: MilterUsageError.self) { try setting.take("a unix:/c") }
    #expect(setting.value.map(\.socket) == ["unix:/a", "unix:/b"])
    #expect(throws: MilterUsageError.self) { try setting.change(to: ["c unix:/c", "c unix:/d"]) }
    _ = try setting.change(to: [])
  }
}

import MilterTesting
import Testing

/// Options that a filter class declares instead of negotiating.
@Suite struct DeclaredWishTests {
  /// Declares all options, and records the results.
  private class Wishful: Milter {
    var seen: [String] = []

    override class var macros: [MilterStage: [MilterMacroName]] {
      [.connect: [.clientAddr, .init("{site}")], .envrcpt: [.queueID], .eom: [.messageID]]
    }
    override class var noReply: MilterCallbacks { [.connect, .header] }
    override class var leadingSpace: Bool { true }
    override class var rejectedRecipients: Bool { true }

    override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
      seen.append(getsymval(.clientAddr) ?? "-")
      return .continue
    }
    override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
      seen.append("\(recipient) \(getsymval(.rcptMailer) ?? "-")")
      return .continue
    }
    override func header(_ name: String, _ value: String) throws -> Status {
      seen.append("\(name):\(value)")
      return .continue
    }
    override func eom() throws -> Status {
      try addheader("X-Spaced", " yes")
      try insheader(0, "X-Wide", "  yes")
      try chgheader("Subject", 1, "bare")
      return .accept
    }
  }

  private static let message = MTAMail(
    from: "a@example.org", to: "b@example.org", headers: ["Subject": "Hello"])

  private static func lists(_ negotiated: MilterNegotiation?) -> [String] {
    (negotiated?.macroLists ?? []).map {
      "\($0.stage): \(String(decoding: $0.macros, as: UTF8.self))"
    }
  }

  @Test
  func `Declared options are negotiated`() throws {
    let mta = TestMTA(.sendmail, filter: Wishful())
    try mta.send(Self.message).expect(.accept)
    #expect(
      Self.lists(mta.negotiated) == [
        "connect: {client_addr} {site}",
        "envrcpt: i {rcpt_mailer} {rcpt_host} {rcpt_addr}", "eom: {msg_id}", "eoh: {msg_id}",
      ])
    let options = try #require(mta.negotiated?.options)
    #expect(options.steps.isSuperset(of: [.nrConn, .nrHdr, .hdrLeadspc, .rcptRej, .skip]))
    #expect(options.steps.isDisjoint(with: [.nrRcpt, .nrBody, .noconnect, .norcpt]))
    #expect(options.actions.contains(.setsymlist))
  }

  @Test
  func `An MTA that offers no actions is served as far as possible`() throws {
    var profile = MTAProfile.libmilterReference
    profile.offer.actions.remove(.setsymlist)
    profile.offer.steps.subtract(.allNr.union([.hdrLeadspc, .rcptRej]))
    let filter = Wishful()
    let mta = TestMTA(profile, filter: filter)
    mta.macros["{client_addr}"] = "192.0.2.7"
    let outcome = mta.send(Self.message)
    try outcome.expect(.accept)
    #expect(Self.lists(mta.negotiated).isEmpty)
    #expect(mta.negotiated?.options.actions == profile.offer.actions)
    #expect(mta.log.isEmpty)
    // The MTA does not offer leading spaces. MilterKit adds the space to values that the filter reads, and
    // removes it from values that the filter writes.
    #expect(filter.seen.contains("192.0.2.7"))
    #expect(filter.seen.contains("Subject: Hello"))
    #expect(outcome.headers.contains("X-Spaced: yes"))
    #expect(outcome.headers.contains("X-Wide:  yes"))
    #expect(outcome.headers.contains("Subject: bare"))
  }

  @Test
  func `With the space kept by the MTA, the filter writes it`() throws {
    let filter = Wishful()
    let mta = TestMTA(.postfix, filter: filter)
    let outcome = mta.send(Self.message)
    #expect(filter.seen.contains("Subject: Hello"))
    #expect(outcome.headers.contains("X-Spaced: yes"))
    #expect(outcome.headers.contains("X-Wide:  yes"))
    #expect(outcome.headers.contains("Subject:bare"))
  }

  /// Changes the declared options in negotiate.
  private final class Negotiating: Wishful {
    override func negotiate(
      _ offered: MilterOptions, _ options: inout MilterOptions
    ) throws -> Status {
      seen.append("\(options.steps.contains(.hdrLeadspc)) \(options.actions.contains(.setsymlist))")
      options.steps.subtract([.hdrLeadspc, .nrHdr])
      try setsymlist(.connect, "j")
      return .continue
    }
  }

  @Test
  func `Requests in negotiate replace declared ones`() throws {
    let filter = Negotiating()
    let mta = TestMTA(.sendmail, filter: filter)
    let outcome = mta.send(Self.message)
    #expect(filter.seen.first == "true true")
    #expect(filter.seen.contains("Subject:Hello"))
    #expect(outcome.headers.contains("X-Spaced:  yes"))
    #expect(Self.lists(mta.negotiated).first == "connect: j")
    #expect(Self.lists(mta.negotiated).count == 4)
    let steps = try #require(mta.negotiated?.options.steps)
    #expect(steps.contains(.nrConn) && steps.isDisjoint(with: [.nrHdr, .hdrLeadspc]))
  }

  /// Removes the action for macro lists in negotiate.
  private final class Unasking: Wishful {
    override func negotiate(
      _ offered: MilterOptions, _ options: inout MilterOptions
    ) throws -> Status {
      options.actions.remove(.setsymlist)
      return .continue
    }
  }

  @Test
  func `negotiate can leave the declared macros out`() {
    let mta = TestMTA(.sendmail, filter: Unasking())
    mta.connect()
    #expect(Self.lists(mta.negotiated).isEmpty)
    #expect(mta.negotiated?.options.actions.contains(.setsymlist) == false)
  }

  /// Declares its actions.
  private final class Acting: Wishful {
    override class var actions: MilterActionFlags { .addhdrs }
  }

  @Test
  func `Macros are requested with named actions, if the MTA supports that`() {
    let mta = TestMTA(.postfix, filter: Acting())
    mta.connect()
    #expect(mta.negotiated?.options.actions == [.addhdrs, .setsymlist])
    var profile = MTAProfile.postfix
    profile.offer.actions.remove(.setsymlist)
    let old = TestMTA(profile, filter: Acting())
    old.connect()
    #expect(old.negotiated?.options.actions == .addhdrs)
  }

  private final class Silent: Milter {
    override class var noReply: MilterCallbacks { [.helo, .eom] }
  }
  private final class Greedy: Milter {
    override class var macros: [MilterStage: [MilterMacroName]] {
      [.data: (0...50).map { MilterMacroName("name_\($0)") }]
    }
  }
  private final class Careless: Milter {
    override class var macros: [MilterStage: [MilterMacroName]] { [.helo: [.init("i j")]] }
  }

  @Test
  func `An impossible declaration is named, and the connection closed`() {
    for (filter, text) in [
      (Silent() as Milter, "noReply: eom cannot go without a reply"),
      (Greedy(), "macros: 51 names for data"),
      (Careless(), "\"i j\" for helo is not a macro's name"),
    ] {
      let mta = TestMTA(.sendmail, filter: filter)
      mta.connect()
      #expect(mta.negotiated == nil, "\(text)")
      #expect(mta.log.count == 1 && mta.log[0].contains(text), "\(text): \(mta.log)")
    }
  }

  /// Looks up macros by all kinds of names.
  private final class Looking: Milter {
    private(set) var found: [String] = []

    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      for name in ["auth_authen", "{auth_authen}", "i", "{i}", "bare", "{bare}", "{}", "{", ""] {
        found.append(getsymval(name) ?? "-")
      }
      found.append(getsymval(.authAuthen) ?? "-")
      return .continue
    }
  }

  @Test
  func `Macros are found with and without braces`() throws {
    var profile = MTAProfile.sendmail
    profile.macros.lists[.envfrom] = "i {auth_authen} bare"
    let filter = Looking()
    let mta = TestMTA(profile, filter: filter)
    mta.macros["{auth_authen}"] = "joe"
    mta.macros["bare"] = "b"
    mta.macros["i"] = "4X"
    mta.mail()
    #expect(filter.found == ["joe", "joe", "4X", "4X", "b", "b", "-", "-", "-", "joe"])
  }
}

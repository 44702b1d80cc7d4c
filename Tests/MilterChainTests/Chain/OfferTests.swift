import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterTesting
import Testing

/// The options that a chain asks the MTA for, and those that each member gets.
@Suite struct OfferTests {
  private typealias Journal = MilterFilterFixtures.Journal

  /// Returns a filter that asks for steps and follows a script.
  private func filter(
    _ steps: MilterProtocolFlags = [], _ journal: Journal? = nil,
    _ script: @escaping ScriptedFilter.Script = { _, _ in .continue }
  ) -> ScriptedFilter {
    ScriptedFilter(journal) { filter, callback in
      guard callback == .negotiate else { return try script(filter, callback) }
      filter.wanted.steps.formUnion(steps)
      return .continue
    }
  }

  /// Returns the steps that a chain of filters negotiates with an MTA that offers all steps.
  private func steps(_ filters: ScriptedFilter...) -> MilterProtocolFlags {
    let mta = TestMTA(
      .libmilterReference,
      filter: MilterChain { for filter in filters { ChainMember.filter(filter) } })
    mta.connect()
    return mta.negotiated?.options.steps ?? []
  }

  @Test func `A step goes without reply, or is left out, if no member needs it`() {
    let none = steps(filter(), filter())
    #expect(none.isSuperset(of: [.nrHdr, .nrEoh, .nrBody]))
    #expect(none.isDisjoint(with: [.nrConn, .nrHelo, .nrMail, .nrRcpt, .nrData, .nrUnkn]))
    let some = steps(filter([.nrRcpt, .nrConn, .nodata, .noeoh]), filter([.nrRcpt, .noeoh]))
    #expect(some.isSuperset(of: [.nrRcpt, .noeoh]))
    #expect(some.isDisjoint(with: [.nrConn, .nodata, .nrData]))
    // A member that does not get DATA does not need a reply to it.
    #expect(steps(filter(.nodata), filter(.nrData)).contains(.nrData))
    #expect(steps(filter(.nobody), filter(.nobody)).contains(.nobody))
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail, .postfix2_4])
  func `A member that skips the body does not keep it from the others`(profile: MTAProfile) throws {
    let (first, last) = (Journal(), Journal())
    let mta = TestMTA(
      profile,
      filter: MilterChain {
        filter(profile.offer.steps.intersection(.skip), first) { filter, callback in
          callback == .body && filter.offered.steps.contains(.skip) ? .skip : .continue
        }
        filter([], last)
      })
    let body = String(repeating: "0123456789abcde\n", count: 20_000)
    try mta.send(MTAMail(body: body)).expect(.accept)
    func sizes(_ journal: Journal) -> [Int] {
      journal.all.filter { $0.hasPrefix("body ") }.compactMap { Int($0.dropFirst(5)) }
    }
    #expect(sizes(last).reduce(0, +) == 20_000 * 17)
    #expect(sizes(first).count == (profile.offer.steps.contains(.skip) ? 1 : sizes(last).count))
  }

  @Test(arguments: [true, false])
  func `Each member gets and sends header values with or without the space, as it requested`(
    asksFirst: Bool
  )
    throws
  {
    let (spaced, bare) = (Journal(), Journal())
    let asking = filter(.hdrLeadspc, spaced) { filter, callback in
      if callback == .eom { try filter.addheader("X-Spaced", "  two") }
      return .continue
    }
    let other = filter([], bare) { filter, callback in
      if callback == .eom { try filter.addheader("X-Bare", "one") }
      return .continue
    }
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        if asksFirst { asking }
        other
        if !asksFirst { asking }
      })
    let outcome = try mta.send(MTAMail(headers: ["Subject": "x"])).expect(.accept)
    #expect(mta.negotiated?.options.steps.contains(.hdrLeadspc) == true)
    #expect(Set(outcome.headers) == ["Subject: x", "X-Spaced:  two", "X-Bare: one"])
    let fields = (spaced.all + bare.all).filter { $0.hasPrefix("header ") }
    #expect(
      fields
        == (asksFirst
          ? ["header Subject  x", "header Subject x", "header X-Spaced  two"]
          : ["header Subject  x", "header X-Bare  one", "header Subject x"]))
  }

  @Test func `A recipient that the MTA has refused is shown to the members that asked for it`()
    throws
  {
    let (asking, other) = (Journal(), Journal())
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        filter(.rcptRej, asking)
        filter([], other)
      })
    mta.rcpt(to: "good@example.org")
    let path = MTAEnvelope.Path(
      Array("refused@example.org".utf8), refusal: Array("550 5.1.1 unknown".utf8))
    mta.perform(.rcpt(path))
    try mta.eom().expect(.continue)
    func recipients(_ journal: Journal) -> [String] {
      journal.all.filter { $0.hasPrefix("envrcpt ") }
    }
    #expect(recipients(asking) == ["envrcpt <good@example.org>", "envrcpt <refused@example.org>"])
    #expect(recipients(other) == ["envrcpt <good@example.org>"])
  }

  /// Returns a filter that asks for one action and performs another.
  private func filter(
    asking action: MilterActionFlags, _ work: @escaping @Sendable (ScriptedFilter) throws -> Void
  ) -> ScriptedFilter {
    ScriptedFilter { filter, callback in
      if callback == .negotiate { filter.wanted.actions = action }
      if callback == .eom { try work(filter) }
      return .continue
    }
  }

  @Test(arguments: [ChainMember.Fallback.tempfail, .accept])
  func `The MTA is asked for the actions of all, and each member has its own`(
    fallback: ChainMember.Fallback
  ) throws {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ChainMember.filter(filter(asking: .addhdrs) { try $0.addrcpt("new@example.org") })
          .named("greedy").onFailure(fallback)
        filter(asking: .addrcpt) { try $0.addrcpt("other@example.org") }
      })
    let outcome = mta.send(MTAMail())
    #expect(mta.negotiated?.options.actions.isSuperset(of: [.addhdrs, .addrcpt]) == true)
    #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail))
    #expect(
      outcome.actions == (fallback == .accept ? [.addrcpt(Array("other@example.org".utf8))] : []))
  }

  @Test(arguments: [ChainMember.Fallback.tempfail, .accept])
  func `A member that requires an action that the MTA lacks fails alone`(
    fallback: ChainMember.Fallback
  ) throws {
    var profile = MTAProfile.postfix
    profile.offer.actions.remove(.quarantine)
    let mta = TestMTA(
      profile,
      filter: MilterChain {
        ChainMember.filter(filter(asking: .quarantine) { _ in })
          .named("demanding").onFailure(fallback)
        filter(asking: .addhdrs) { try $0.addheader("X-New", "yes") }
      })
    let outcome = mta.send(MTAMail())
    #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail))
    #expect(outcome.headers("X-New") == (fallback == .accept ? ["yes"] : []))
    #expect(mta.log.contains { $0.contains("demanding[0] has failed, ") }, "\(mta.log)")
  }

  /// Returns a member that requests macros, and is passed by if it fails.
  private func member(_ name: String, _ lists: [MilterStage: [String]]) -> ChainMember {
    ChainMember.filter(
      ScriptedFilter { filter, callback in
        guard callback == .negotiate else { return .continue }
        for (stage, names) in lists { try filter.setsymlist(stage, names.joined(separator: " ")) }
        return .continue
      }
    ).named(name).onFailure(.accept)
  }

  /// Returns the members of a chain that fail because their macros do not fit.
  private func failures(_ members: ChainMember...) throws -> [String] {
    let mta = TestMTA(.postfix, filter: MilterChain { for member in members { member } })
    try mta.send(MTAMail()).expect(.accept)
    return mta.log.filter { $0.contains("it asks for more macros than an MTA accepts") }
      .compactMap { $0.split(separator: " ").first { $0.contains("[") }.map(String.init) }.sorted()
  }

  private func names(_ letter: String, _ count: Int) -> [String] {
    (0..<count).map { "{\(letter)\($0)}" }
  }

  @Test func `The macros of a member that does not fit leave room for others`() throws {
    let failures = try failures(
      member("a", [.connect: names("a", 30)]),
      member("b", [.connect: names("b", 30), .envfrom: names("b", 30)]),
      member("c", [.envfrom: names("c", 30)]))
    #expect(failures == ["b[1]"])
  }

  @Test func `A member whose macros do not fit without another member's list fails visibly`() throws
  {
    // Without b's list, b gets the default macros, which leave no room for c.
    let failures = try failures(
      member("a", [.connect: names("a", 30), .envfrom: ["i"]]),
      member("b", [.connect: names("b", 30), .envfrom: ["i"]]),
      member("c", [.connect: ["j"], .envfrom: names("c", 45)]))
    #expect(failures == ["b[1]", "c[2]"])
  }
}

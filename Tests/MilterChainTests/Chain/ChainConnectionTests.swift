import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterTesting
import Synchronization
import Testing

/// The negotiation of a chain, and the start and end of its members.
@Suite struct ChainConnectionTests {
  private final class MacroStamp: Milter {
    override func eom() throws -> Status {
      try addheader("X-Stamp", "\(getsymval("j") ?? "-") \(getsymval("{tls_version}") ?? "-")")
      return .continue
    }
  }

  private func names(_ mta: TestMTA, _ stage: MilterStage) -> Set<String>? {
    let list = mta.negotiated?.macroLists.last { $0.stage == stage }
    return list.map {
      Set(String(decoding: $0.macros, as: UTF8.self).split(separator: " ").map(String.init))
    }
  }

  @Test func `A chain requests the MTA's name, and leaves the other macros unchanged`() {
    let mta = TestMTA(.sendmail, filter: MilterChain { MacroStamp() })
    mta.connect()
    #expect(names(mta, .connect)?.isSuperset(of: ["v", "j", "_", "{if_name}"]) == true)
    for stage in [MilterStage.helo, .envfrom, .envrcpt, .data, .eoh, .eom] {
      #expect(names(mta, stage) == nil, "\(stage)")
    }
  }

  @Test func `A chain requests what distinguishes a rejected recipient from another`() {
    final class Asking: Milter {
      override class var rejectedRecipients: Bool { true }
      override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }
    }
    final class Other: Milter {
      override class var macros: [MilterStage: [MilterMacroName]] { [.envrcpt: [.queueID]] }
      override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status { .continue }
    }
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        Asking()
        Other()
      })
    mta.connect()
    #expect(
      names(mta, .envrcpt)?.isSuperset(of: ["{rcpt_mailer}", "{rcpt_host}", "{rcpt_addr}"]) == true)
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `A member that has only eom gets the macros of connect and HELO`(profile: MTAProfile) throws
  {
    func stamp(_ filter: MilterBase) throws -> [String] {
      let mta = TestMTA(profile, filter: filter)
      mta.macros["{tls_version}"] = "TLSv1.3"
      return try mta.send(MTAMail()).expect(.accept).headers("X-Stamp")
    }
    let alone = try stamp(MacroStamp())
    #expect(alone == ["mx.example.org TLSv1.3"])
    #expect(try stamp(MilterChain { MacroStamp() }) == alone)
  }

  @Test func `A member that requests too many macros fails alone`() throws {
    func filter(_ names: [String]) -> ScriptedFilter {
      ScriptedFilter { filter, callback in
        if callback == .negotiate {
          try filter.setsymlist(.envfrom, names.joined(separator: " "))
        }
        return .continue
      }
    }
    let many = (0..<51).map { "{m\($0)}" }
    let long = [String(repeating: "m", count: 70_000)]
    for names in [many, [long[0].prefix(60_000).description]] {
      for fallback in [ChainMember.Fallback.tempfail, .accept] {
        let mta = TestMTA(
          .postfix,
          filter: MilterChain {
            ChainMember.filter(filter(names)).named("greedy").onFailure(fallback)
            ChainMember.filter(filter(["{mail_addr}"]))
            MacroStamp()
          })
        let outcome = mta.send(MTAMail())
        #expect(
          outcome.verdict == (fallback == .accept ? .accept : .tempfail),
          "\(names.count) names, \(fallback)")
        #expect(
          mta.log.count { $0.contains("greedy[0] has failed, ") } == 1,
          "\(names.count) names, \(fallback)")
        #expect(
          self.names(mta, .envfrom)?.contains("{mail_addr}") == true,
          "\(names.count) names, \(fallback)")
        #expect(
          self.names(mta, .envfrom)?.contains("{m1}") == false, "\(names.count) names, \(fallback)")
      }
    }
  }

  @Test(arguments: [MTACommandCode.negotiate, .mail, .endOfBody])
  func `A member that has failed is used again for the next client`(step: MTACommandCode) throws {
    let hostile = try RawFilter(
      replies: [.replycode(Array("zzz".utf8)), .progress, .progress], at: step, badConnections: 1)
    defer { hostile.stop() }
    let mta = TestMTA(
      .libmilterReference,
      filter: PatientChain {
        ChainMember.patient("unix:\(hostile.path)").named("remote")
        MacroStamp()
      })
    try mta.send(MTAMail()).expect(.tempfail)
    try mta.send(MTAMail()).expect(.tempfail)
    mta.newClient()
    mta.connect()
    try mta.send(MTAMail()).expect(.accept)
    #expect(mta.log.contains { $0.contains("remote[0] has failed") })
  }

  @Test func `A member that reconnects and requests more than was agreed fails again`() throws {
    let hostile = try RawFilter(
      .init(wanting: .init(actions: [], steps: .nodata), [.mail: .end]), connections: 1)
    defer { hostile.stop() }
    let mta = TestMTA(
      .libmilterReference,
      filter: PatientChain { ChainMember.patient("unix:\(hostile.path)").named("remote") })
    try mta.send(MTAMail()).expect(.tempfail)
    mta.newClient()
    mta.connect()
    try mta.send(MTAMail()).expect(.tempfail)
    #expect(mta.log.count { $0.contains("remote[0] has failed") } == 2)
  }

  @Test func `A member can stop the server, and its lines have the connection's number`() throws {
    let mta = TestMTA(
      .postfix,
      filter: MilterChain {
        ScriptedFilter()
        ScriptedFilter { filter, callback in
          guard callback == .eom else { return .continue }
          filter.stopServer()
          throw Oops()
        }
      })
    try mta.send(MTAMail()).expect(.tempfail)
    #expect(mta.isServerStopped)
    #expect(mta.log.count == 1)
    #expect(mta.log.first?.hasPrefix("error: MilterChain/ScriptedFilter[1] #1: 4TRY") == true)
  }

  @Test func `Classes are prepared once, before any filter is made`() throws {
    #expect(Prepared.journal.all == [])
    try PreparedChain.checkSettings()
    try PreparedChain.prepareAsRoot()
    try PreparedChain.prepare()
    try PreparedChain.reload()
    #expect(Prepared.journal.all == ["checkSettings", "prepareAsRoot", "prepare", "reload"])
    #expect(PreparedChain.programOptions.map(\.name) == ["level"])
    try TestMTA(.postfix, filter: PreparedChain()).send(MTAMail()).expect(.accept)
    #expect(Prepared.journal.all.suffix(2) == ["made", "made"])
  }

  @Test func `A reload that brings a new class fails before any class reloads`() throws {
    ChangingChain.stage.value = 0
    try ChangingChain.prepare()
    ChangingChain.stage.value = 1
    let error = #expect(throws: MilterError.self) { try ChangingChain.reload() }
    #expect(error?.message.hasPrefix("Refusing was not a member when the program started") == true)
    #expect(Reloading.journal.all == [])
    try ChangingChain.prepare()
    let second = #expect(throws: MilterError.self) { try ChangingChain.reload() }
    #expect(second?.message.contains("already reloaded: Reloading") == true)
    #expect(Reloading.journal.all == ["reload"])
  }

  private final class Reloading: Milter {
    static let journal = MilterFilterFixtures.Journal()
    override class func reload() throws { journal.note("reload") }
  }

  private final class Refusing: Milter {
    override class func reload() throws { throw Oops() }
  }

  private final class ChangingChain: MilterChain {
    static let stage = Stage()
    @ChainBuilder override class var members: [ChainMember] {
      Reloading()
      if stage.value > 0 { Refusing() }
    }
  }

  private final class Stage: Sendable {
    private let stored = Mutex(0)
    var value: Int {
      get { stored.withLock { $0 } }
      set { stored.withLock { $0 = newValue } }
    }
  }

  private final class Prepared: Milter {
    static let journal = MilterFilterFixtures.Journal()
    static let level = MilterSetting(
      "level", argument: "N", default: 1, help: "a level")
    required init() {
      Self.journal.note("made")
      super.init()
    }
    override class var programOptions: [any MilterProgramOption] { [level] }
    override class func checkSettings() throws { journal.note("checkSettings") }
    override class func prepareAsRoot() throws { journal.note("prepareAsRoot") }
    override class func prepare() throws { journal.note("prepare") }
    override class func reload() throws { journal.note("reload") }
  }

  private final class PreparedChain: MilterChain {
    @ChainBuilder override class var members: [ChainMember] {
      Prepared()
      Prepared()
    }
  }

  private struct Oops: Error {}
}

import MilterCore
import MilterFilterFixtures
import MilterTesting
import Testing

/// A member in shadow mode gets mail, and has no effect on it.
@Suite struct ShadowMemberTests {
  private static let callbacks: [MilterCallback] = [
    .connect, .helo, .envfrom, .envrcpt, .data, .header, .eom,
  ]

  @Test(arguments: callbacks, [MilterStatus.reject, .tempfail, .discard])
  private func `Verdicts have no effect, and are logged`(
    callback: MilterCallback, status: MilterStatus
  ) throws {
    let journal = MilterFilterFixtures.Journal()
    let script: ScriptedFilter.Script = { filter, current in
      if current == .negotiate { filter.wanted.actions = .all }
      guard current == callback else { return .continue }
      if current == .eom {
        try filter.addheader("X-Shadow", "yes")
        try filter.replacebody("new\r\n")
      }
      return status
    }
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter(nil, script) }
    try server.start()
    defer { server.stop() }
    let address = try #require(server.addresses.first)
    let members = [
      ("a filter", ChainMember.filter(ScriptedFilter(nil, script))),
      ("a socket", .patient(address)),
    ]
    for (kind, member) in members {
      let last = ScriptedFilter(journal)
      let mta = BareMTA(
        PatientChain {
          member.named("tried").shadow()
          last
        })
      for _ in 0..<2 {
        #expect(mta.mail() == .continue, "\(kind)")
        #expect(mta.rcpt("one") == .continue, "\(kind)")
        #expect(mta.rcpt("two") == .continue, "\(kind)")
        #expect(mta.content() == [.continue, .continue], "\(kind): \(callback) \(status)")
      }
      // MTAs ignore discard at connect and HELO.
      if status != .discard || (callback != .connect && callback != .helo) {
        #expect(
          mta.log.contains { $0.contains("shadow: \(callback) would have answered: ") }, "\(kind)")
      }
    }
    #expect(journal.all.count { $0 == "eom" } == 4)
    #expect(journal.all.allSatisfy { !$0.contains("X-Shadow") })
  }

  @Test func `Changes and failures have no effect, and are logged`() throws {
    let mta = BareMTA(
      MilterChain {
        ChainMember.message { message in
          message.headers["X-Shadow"] = "yes"
          return .continue
        }.named("tried").shadow()
        ChainMember.remote("unix:/nowhere/at/all.sock").named("away").shadow()
      })
    mta.mail()
    mta.rcpt()
    #expect(mta.content() == [.continue, .continue])
    #expect(mta.log.contains { $0.contains("would have answered: addheader X-Shadow, ") })
    #expect(mta.log.contains { $0.contains("away[1] has failed, mail passes without it") })
  }

  @Test func `The log reports what each member does to a message`() throws {
    let mta = BareMTA(
      MilterChain {
        ChainMember.message { message in
          message.headers["X-New"] = "yes"
          try message.body.replace(with: [0x61])
          return .accept
        }
        ScriptedFilter()
      })
    mta.mail()
    mta.rcpt()
    mta.content()
    let lines = mta.log.filter { $0.contains("]: eom: ") && $0.hasPrefix("info: MilterChain #1: ") }
    #expect(lines.count == 2)
    #expect(lines.first?.contains("message[0]: eom: accept; addheader X-New, ") == true)
    #expect(lines.first?.contains("; replacebody, ") == true)
    #expect(lines.last?.hasSuffix("ScriptedFilter[1]: eom: continue") == true)
  }

  @Test(arguments: [MilterStatus.reject, .tempfail], [false, true])
  func `If a whole chain is in shadow mode, members without recipients have not failed`(
    status: MilterStatus, isRemote: Bool
  ) throws {
    let journal = MilterFilterFixtures.Journal()
    let script: ScriptedFilter.Script = { _, callback in
      callback == .envrcpt ? status : .continue
    }
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { ScriptedFilter(nil, script) }
    try server.start()
    defer { server.stop() }
    let address = try #require(server.addresses.first)
    let mta = BareMTA(
      PatientChain {
        ScriptedFilter(journal)
        isRemote ? .patient(address) : ChainMember.filter(ScriptedFilter(nil, script))
        ScriptedFilter()
      }, shadow: true)
    for _ in 0..<2 {
      #expect(mta.mail() == .continue)
      #expect(mta.rcpt("one") == .continue)
      #expect(mta.rcpt("two") == .continue)
      #expect(mta.content() == [.continue, .continue])
    }
    #expect(mta.log.filter { $0.contains("has failed") } == [])
    #expect(journal.all.count { $0 == "eom" } == 2)
  }
}

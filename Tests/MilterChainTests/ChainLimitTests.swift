import MilterCore
import MilterFilterFixtures
import MilterMTA
import MilterSystem
import MilterTesting
import Testing

/// No member holds up mail, or fills memory or disk, beyond the chain's limits.
@Suite struct ChainLimitTests {
  private final class Stamp: Milter {
    override func eom() throws -> Status {
      try addheader("X-Stamp", "yes")
      return .continue
    }
  }

  private class Limited: MilterChain {
    override class var messageLimit: MessageLimit { .init(bytes: 4 << 20) }
    override class var timeLimits: ChainTimeLimits {
      .init(command: .milliseconds(400), content: .milliseconds(400))
    }
    override init(@ChainBuilder _ members: () -> [ChainMember]) { super.init(members) }
    required init() { super.init() }
  }

  @Test(arguments: [MTACommandCode.connect, .mail, .eoh, .endOfBody])
  func `silent members together have the chain's time`(step: MTACommandCode) throws {
    let hostile = try HostileFilter(.silence, at: step)
    defer { hostile.stop() }
    let other = try HostileFilter(.silence, at: step)
    defer { other.stop() }
    let mta = TestMTA(
      .postfix,
      filter: Limited {
        ChainMember.remote("unix:\(hostile.path)").named("one").onFailure(.accept)
        ChainMember.remote("unix:\(other.path)").named("two").onFailure(.accept)
        Stamp()
      })
    #expect(try mta.send(Message()).expect(.accept).headers("X-Stamp") == ["yes"])
    // The members' own times are many seconds.
    let failures = mta.log.filter { $0.contains("has failed, mail passes without it: ") }
    #expect(failures.count == 2)
    #expect(failures.allSatisfy { $0.contains("within 0") }, "\(failures)")
  }

  @Test(arguments: [
    FilterReply.progress, .replacebody([UInt8](repeating: 0x61, count: 60_000)),
    .addheader(name: [0x58], value: [0x79]),
    .chgheader(index: 1, name: [0x58], value: [UInt8](repeating: 0x61, count: 60_000)),
  ])
  func `endless replies to the end of a message are a failure`(reply: FilterReply) throws {
    for fallback in [ChainMember.Fallback.tempfail, .accept] {
      let hostile = try HostileFilter(endless: reply, at: .endOfBody)
      defer { hostile.stop() }
      let mta = TestMTA(
        .postfix,
        filter: Limited {
          ChainMember.remote("unix:\(hostile.path)").onFailure(fallback)
          Stamp()
        })
      let outcome = mta.send(Message())
      #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail))
      #expect(outcome.headers("X-Stamp") == (fallback == .accept ? ["yes"] : []))
      #expect(outcome.headers("X") == [])
      #expect(outcome.body == "test\r\n")
      mta.quit()
    }
  }

  @Test func `the time of a chain is that of its members together`() {
    #expect(MilterChain.answerTime == 240)
    #expect(ChainTimeLimits().command < .seconds(10))
  }

  @Test func `large bodies are kept in files, and no file is a tempfail`() throws {
    let count = Counter()
    let large = String(repeating: "0123456789abcde\n", count: 40_000)
    let chain = MilterChain {
      ChainMember.message { message in
        if message.headers["Subject"] == "grow" {
          try message.body.replace(with: [UInt8](repeating: 0x61, count: 600_000))
        }
        return .continue
      }.onFailure(.accept)
      Stamp()
    }
    chain.makeSpoolFile = {
      count.add()
      return try SpoolFile()
    }
    let mta = TestMTA(.postfix, filter: chain)
    try mta.send(Message()).expect(.accept)
    #expect(count.value == 0)
    try mta.send(Message(body: large)).expect(.accept)
    #expect(count.value == 1)
    let grown = try mta.send(Message(headers: ["Subject": "grow"])).expect(.accept)
    #expect(count.value == 2)
    #expect(
      grown.result.message.body.prefix(600_000) == [UInt8](repeating: 0x61, count: 600_000)[...])
    chain.makeSpoolFile = { throw FileError("cannot write a temporary file", .noSpace) }
    let full = TestMTA(.postfix, filter: chain)
    for message in [Message(body: large), Message(headers: ["Subject": "grow"])] {
      let outcome = try full.send(message).expect(.tempfail)
      #expect(outcome.actions == [])
    }
    #expect(try full.send(Message()).expect(.accept).headers("X-Stamp") == ["yes"])
    #expect(full.log.filter { $0.contains("cannot write a temporary file") }.count == 2)
  }
}

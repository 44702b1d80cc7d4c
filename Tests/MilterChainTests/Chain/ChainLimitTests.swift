import MilterCore
import MilterFilterFixtures
@testable import MilterKit
import MilterMTA
import MilterSystem
import MilterTesting
import Synchronization
import Testing

/// Checks that no member delays mail, or fills memory or disk, beyond the chain's limits.
@Suite struct ChainLimitTests {
  private class Limited: MilterChain {
    override class var messageLimit: MessageLimit { .init(bytes: 4 << 20) }
    override class var timeLimits: ChainTimeLimits {
      .init(command: .milliseconds(400), content: .milliseconds(400))
    }
    override init(@ChainBuilder _ members: () -> [ChainMember]) { super.init(members) }
    required init() { super.init() }
  }

  @Test(arguments: [MTACommandCode.connect, .mail, .eoh, .endOfBody])
  func `Silent members together have the chain's time limit`(step: MTACommandCode) throws {
    let hostile = try RawFilter(.silence, at: step)
    defer { hostile.stop() }
    let other = try RawFilter(.silence, at: step)
    defer { other.stop() }
    let mta = TestMTA(
      .postfix,
      filter: Limited {
        ChainMember.remote("unix:\(hostile.path)").named("one").onFailure(.accept)
        ChainMember.remote("unix:\(other.path)").named("two").onFailure(.accept)
        Stamp()
      })
    #expect(try mta.send(MTAMail()).expect(.accept).headers("X-Stamp") == ["yes"])
    // The members' own timeouts are many seconds, so these failures are due to the chain's limit.
    let failures = mta.log.filter { $0.contains(", mail passes without it: ") }
    #expect(failures.count == 2)
    #expect(failures.first?.contains("one[0] has failed") == true, "\(failures)")
    #expect(failures.first?.contains("within 0") == true, "\(failures)")
    #expect(
      failures.last?.contains("two[1] was not asked, mail passes without it: one[0] has used ")
        == true, "\(failures)")
    #expect(failures.last?.hasSuffix(" of the chain's 0.4 seconds") == true, "\(failures)")
  }

  @Test(arguments: [ChainMember.Fallback.accept, .tempfail])
  func `A member that accepts no connection has failed after its timeout`(
    fallback: ChainMember.Fallback
  ) throws {
    let listener = try ListeningSocket(
      SocketSpec("inet:0@127.0.0.1"), options: .init(backlog: 0))
    var waiting: [Socket] = []
    let full = #expect(throws: SocketError.self) {
      while true {
        waiting.append(try Socket.connect(to: listener.localAddress, milliseconds: 100))
      }
    }
    #expect(full?.code == .timedOut)
    defer { withExtendedLifetime((listener, waiting)) {} }
    let mta = TestMTA(
      .postfix,
      filter: PatientChain {
        ChainMember.remote(
          "\(listener.localAddress)", timeouts: .init(connect: .milliseconds(100))
        ).named("full").onFailure(fallback)
        Stamp()
      })
    let outcome = mta.send(MTAMail())
    #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail))
    #expect(outcome.headers("X-Stamp") == (fallback == .accept ? ["yes"] : []))
    let failures = mta.log.filter { $0.contains("full[0] has failed, ") }
    #expect(failures.count == 1)
    #expect(failures.first?.contains("timed out") == true, "\(failures)")
  }

  @Test func `A member is not blamed for time that another one has used`() {
    let time = ChainTime(.zero)
    time.note("one", .seconds(3))
    #expect(time.account(of: "two", after: .seconds(6)) == nil)
    #expect(
      time.account(of: "two", after: .seconds(2)) == "one has used 3 of the chain's 0 seconds")
    #expect(time.account(of: "one", after: .zero) == nil)
    #expect(ChainTime(.seconds(3600)).account(of: "two", after: .zero) == nil)
  }

  private final class Hurried: MilterChain {
    static let limit = Mutex(Duration.seconds(120))
    override class var timeLimits: ChainTimeLimits {
      let limit = limit.withLock { $0 }
      return .init(command: limit, content: limit)
    }
    override init(@ChainBuilder _ members: () -> [ChainMember]) { super.init(members) }
    required init() { super.init() }
  }

  @Test func `A member that others left no time has not failed, and sees the next message`() throws
  {
    let slow = try RawFilter(.silence, at: .mail)
    defer { slow.stop() }
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Stamp() }
    try server.start()
    defer { server.stop() }
    let address = try #require(server.addresses.first)
    let mta = TestMTA(
      .postfix,
      filter: Hurried {
        ChainMember.remote("unix:\(slow.path)").named("slow").onFailure(.accept)
        ChainMember.remote(address).named("late")
      })
    mta.connect()
    mta.helo()
    Hurried.limit.withLock { $0 = .milliseconds(100) }
    #expect(mta.mail().exchange.status == .tempfail)
    Hurried.limit.withLock { $0 = .seconds(120) }
    #expect(try mta.send(MTAMail()).expect(.accept).headers("X-Stamp") == ["yes"])
    let lines = mta.log.filter { $0.contains("late[1]") && !$0.contains("eom") }
    #expect(lines.first?.contains("late[1] was not asked, tempfail is answered: slow[0]") == true)
    #expect(!lines.contains { $0.contains("late[1] has failed") }, "\(lines)")
  }

  /// The reply that a filter sends without end.
  enum Endless: CaseIterable {
    case progress, body, newField, changedField

    var reply: FilterReply {
      let large = [UInt8](repeating: 0x61, count: 60_000)
      return switch self {
      case .progress: .progress
      case .body: .replacebody(large)
      case .newField: .addheader(name: [0x58], value: [0x79])
      case .changedField: .chgheader(index: 1, name: [0x58], value: large)
      }
    }
  }

  @Test(arguments: Endless.allCases)
  func `Endless replies to the end of a message are a failure`(_ endless: Endless) throws {
    for fallback in [ChainMember.Fallback.tempfail, .accept] {
      let hostile = try RawFilter(endless: endless.reply, at: .endOfBody)
      defer { hostile.stop() }
      let mta = TestMTA(
        .postfix,
        filter: Limited {
          ChainMember.remote("unix:\(hostile.path)").onFailure(fallback)
          Stamp()
        })
      let outcome = mta.send(MTAMail())
      #expect(outcome.verdict == (fallback == .accept ? .accept : .tempfail), "\(fallback)")
      #expect(outcome.headers("X-Stamp") == (fallback == .accept ? ["yes"] : []), "\(fallback)")
      #expect(outcome.headers("X") == [], "\(fallback)")
      #expect(outcome.body == "test\r\n", "\(fallback)")
      mta.quit()
    }
  }

  @Test func `A chain's time limit is the sum of its members'`() {
    #expect(MilterChain.answerTime == 240)
    #expect(ChainTimeLimits().command < .seconds(10))
  }

  @Test func `Large bodies are kept in files, and no file is a tempfail`() throws {
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
    try mta.send(MTAMail()).expect(.accept)
    #expect(count.value == 0)
    try mta.send(MTAMail(body: large)).expect(.accept)
    #expect(count.value == 1)
    let grown = try mta.send(MTAMail(headers: ["Subject": "grow"])).expect(.accept)
    #expect(count.value == 2)
    #expect(
      grown.result.message.body.prefix(600_000) == [UInt8](repeating: 0x61, count: 600_000)[...])
    chain.makeSpoolFile = { throw FileError("cannot write a temporary file", .noSpace) }
    let full = TestMTA(.postfix, filter: chain)
    for (size, message) in [
      ("large", MTAMail(body: large)), ("growing", MTAMail(headers: ["Subject": "grow"])),
    ] {
      let outcome = try full.send(message).expect(.tempfail)
      #expect(outcome.actions == [], "\(size)")
    }
    #expect(try full.send(MTAMail()).expect(.accept).headers("X-Stamp") == ["yes"])
    #expect(full.log.filter { $0.contains("cannot write a temporary file") }.count == 2)
  }
}

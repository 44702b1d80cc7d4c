import MilterCore
import MilterFilterFixtures
import MilterKit
import MilterProcessFixtures
import MilterRandomFixtures
import Synchronization
import Testing

/// Random sessions with the fast path and without it, which a server whose log has debug lines does not take.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct FastPathTests {
  /// The parts of a session that do not depend on the path.
  private struct Record: Equatable {
    var replies: [FilterReply] = []
    var calls: [String] = []
    var lines: [String] = []
    var answers: [MilterCallback: [MilterStatus: Int]] = [:]
    var errors: [MilterStatistics.ErrorKind: Int] = [:]
    var counts: [Int] = []
  }

  private struct Oops: Error {}

  private static let seeds = UInt64(0)..<50

  @Test(arguments: seeds)
  func `Both paths have the same replies, callbacks, log lines, and counts`(seed: UInt64) throws {
    let fast = try play(seed, .info)
    let general = try play(seed, .debug)
    #expect(fast == general)
  }

  @Test func `The sessions have all callbacks, statuses, and errors of a filter`() throws {
    var (callbacks, statuses): (Set<String>, Set<MilterStatus>) = ([], [])
    var errors: Set<MilterStatistics.ErrorKind> = []
    for seed in Self.seeds {
      let record = try play(seed, .info)
      callbacks.formUnion(record.calls.map { String($0.prefix { $0 != " " }) })
      statuses.formUnion(record.answers.values.flatMap(\.keys))
      errors.formUnion(record.errors.keys)
    }
    #expect(callbacks == Set(MilterCallback.allCases.map(\.description)))
    #expect(
      statuses.isSuperset(of: [.continue, .reject, .discard, .accept, .tempfail, .noreply, .skip]))
    #expect(errors.isSuperset(of: [.callback, .filter]))
  }

  private func play(_ seed: UInt64, _ level: MilterLogLevel) throws -> Record {
    let journal = Journal()
    let random = Mutex(SplitMix64(seed: seed))
    let server = try TestServer(configure: { $0.log.level = level }) {
      ScriptedFilter(journal) { filter, callback in
        let choice = random.withLock { $0.below(1 << 20) }
        if callback == .negotiate {
          let noReply = MilterCallback.allCases.map(\.nrFlag)
          for (bit, flag) in noReply.enumerated() where choice & 1 << bit != 0 {
            filter.wanted.steps.formUnion(flag)
          }
          return .continue
        }
        if callback == .eom { try filter.addheader("X-Choice", "\(choice)") }
        return try Self.status(choice % 32)
      }
    }
    let mta = try server.connect()
    var writer = ByteWriter()
    for command in Self.session(seed) { command.write(to: &writer) }
    try mta.send(bytes: writer.bytes)
    var record = Record()
    while let reply = try mta.receive() { record.replies.append(reply) }
    server.server.stop()
    let statistics = server.server.statistics
    record.calls = journal.all
    record.lines = server.log.all.filter { $0.contains(" #1: ") && !$0.hasPrefix("debug:") }
    record.answers = statistics.answers
    record.errors = statistics.errors
    record.counts = [
      statistics.messages, statistics.abortedMessages, statistics.bytesReceived,
      statistics.bytesSent,
    ]
    return record
  }

  private static func status(_ number: Int) throws -> MilterStatus {
    switch number {
    case 0: throw Oops()
    case 1: return .skip
    case 2: return .accept
    case 3: return .reject
    case 4: return .tempfail
    case 5: return .discard
    case 6: return .allOptions
    case 7..<12: return .noreply
    default: return .continue
    }
  }

  /// Returns the commands of a connection, most of them in order.
  private static func session(_ seed: UInt64) -> [MTACommand] {
    var random = SplitMix64(seed: ~seed)
    var commands = [TestMTA.offer]
    func add(_ command: MTACommand) {
      if random.oneIn(6) {
        let owner = random.pick([0x43, 0x48, 0x4D, 0x52, 0x54, 0x4C, 0x45] as [UInt8])
        commands.append(.macro(owner, [MilterMacro(name: bytes("i"), value: bytes("4AbC"))]))
      }
      if random.oneIn(20) { return }
      commands.append(random.oneIn(20) ? random.pick(others) : command)
    }
    add(connect)
    add(.helo(bytes("client")))
    for _ in 0..<4 {
      add(mail)
      for _ in 0..<(1 + random.below(3)) { add(.rcpt([bytes("<c@d>"), bytes("NOTIFY=NEVER")])) }
      if random.oneIn(2) { add(.data) }
      for _ in 0..<random.below(4) { add(header) }
      add(.eoh)
      for _ in 0..<random.below(3) { add(.body(bytes("text\r\n"))) }
      add(.endOfBody(random.oneIn(2) ? [] : bytes("last\r\n")))
    }
    return commands + [.quit]
  }

  private static let connect = MTACommand.connect(
    host: bytes("mx"), address: .inet(address: "192.0.2.7", port: 25))
  private static let mail = MTACommand.mail([bytes("<a@b>"), bytes("SIZE=1")])
  private static let header = MTACommand.header(name: bytes("Subject"), value: bytes("hi"))
  private static let others: [MTACommand] = [
    connect, .helo(bytes("again")), mail, .rcpt([bytes("<e@f>")]), .data, header, .eoh,
    .body(bytes("x")), .endOfBody([]), .abort, .unknown(bytes("FROB")), .quitNewConnection,
  ]
}

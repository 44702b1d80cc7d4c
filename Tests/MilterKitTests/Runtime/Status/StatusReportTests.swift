import MilterCore
import Testing

@testable import MilterRuntime

/// The reports of workers about their status.
@Suite struct StatusReportTests {
  private static func connection(
    _ number: Int, _ place: ConnectionStatus.Place, age: Int, callback: MilterCallback? = nil
  ) -> ConnectionStatus {
    ConnectionStatus(
      number: number, client: "m,x =%\u{e9} [192.0.2.7:25]", queueID: "4Ab", callback: callback,
      place: place, time: .milliseconds(12_345), age: .milliseconds(age), waiting: 8192)
  }

  private static func status(_ connections: [ConnectionStatus]) -> EngineStatus {
    var status = EngineStatus()
    status.process = 4711
    status.mostConnections = 50
    status.threads = .init(running: 4, free: 1, limit: 8, waiting: 2, isShort: true)
    status.connections = connections
    for connection in connections { status.counts[connection.place, default: 0] += 1 }
    return status
  }

  private static let first = status([
    connection(1, .suspended, age: 900, callback: .body), connection(7, .idle, age: 100),
  ])
  private static let second = status([connection(1, .thread, age: 500, callback: .eom)])

  @Test func `A worker's status survives writing and reading`() throws {
    var status = Self.first
    status.isStopping = true
    status.isFull = true
    for place in ConnectionStatus.Place.allCases { status.counts[place, default: 0] += 3 }
    let read = try #require(EngineStatus(words: status.words))
    #expect(read == status)
    let message = WorkerMessage.status(3, status)
    #expect(WorkerMessage(line: message.line) == message)
    #expect(!message.line.contains("\n"))
    #expect(WorkerCommand(line: WorkerCommand.status(3).line) == .status(3))
  }

  @Test(arguments: [
    "x", "x=1", "process=-1", "process=9999999999999999999999", "process=x", "idle=281474976710656",
    "c=1,idle,-,0,0,0,,", "idle=1 c=1,idle,-,0,0,0,", "idle=1 c=1,nowhere,-,0,0,0,,",
    "idle=1 c=1,idle,99,0,0,0,,", "idle=1 c=1,idle,x,0,0,0,,", "idle=1 c=1,idle,-,-1,0,0,,",
    "idle=1 c=1,idle,-,0,0,0,a%,", "idle=1 c=1,idle,-,0,0,0,%zz,", "idle=1 c=1,idle,-,0,0,0,a b,",
  ])
  func `Invalid data from a worker is not an answer`(words: String) {
    #expect(EngineStatus(words: words) == nil)
    #expect(WorkerMessage(line: "status 1 " + words) == nil)
  }

  @Test func `A worker that lists more than it may is cut off`() throws {
    let words = "idle=300 " + (1...300).map { "c=\($0),idle,-,0,0,0,," }.joined(separator: " ")
    let status = try #require(EngineStatus(words: words))
    #expect(status.connections.map(\.number) == Array(1...200))
    #expect(status.count == 300)
  }

  /// The longest names of a connection, with bytes that need the most space in a report.
  ///
  /// Addresses of other families are numbers, so they are short.
  private static var hostile: (client: String, queueID: String) {
    let presence = Presence()
    let payload =
      [UInt8](repeating: 0xff, count: 60_000) + [0] + Array("L".utf8) + [0, 0]
      + [UInt8](repeating: 0xff, count: WireLimits.unixPath) + [0]
    presence.meet(payload)
    presence.name([UInt8](repeating: 0xff, count: 60_000).span)
    return presence.subject
  }

  @Test func `The longest answer of a worker fits into a line`() throws {
    let names = Self.hostile
    #expect(names.queueID.unicodeScalars.count == Presence.longestName)
    #expect(
      names.client.unicodeScalars.count == Presence.longestName + WireLimits.unixPath + " []".count)
    let largest = Duration.seconds(1 << 30)
    let connections = (1...EngineStatus.mostListed).map { _ in
      ConnectionStatus(
        number: 1 << 47, client: names.client, queueID: names.queueID, callback: .unknown,
        place: .suspended, time: largest, age: largest, waiting: 1 << 47)
    }
    let status = Self.status(connections)
    let line = WorkerMessage.status(1 << 47, status).line
    #expect(line.utf8.count < LineBuffer.longest)
    // Connections that are left out of the list are still counted.
    let read = try #require(EngineStatus(words: status.words))
    #expect(read.connections == Array(connections.prefix(read.connections.count)))
    #expect(read.connections.count > 90)
    #expect(read.count == connections.count)
  }

  @Test func `A connection with too many names is not listed`() throws {
    let name = String(repeating: "\u{FFFD}", count: LineBuffer.longest)
    let status = Self.status([
      ConnectionStatus(
        number: 1, client: name, queueID: "", callback: nil, place: .idle, time: .zero, age: .zero,
        waiting: 0)
    ])
    #expect(status.words.utf8.count < LineBuffer.longest / 2)
    #expect(EngineStatus(words: status.words)?.connections.isEmpty == true)
  }

  private static let report = StatusReport(
    filter: "stamp", process: 10, state: .serving,
    processes: [
      ProcessStatus(worker: 1, process: 11, state: .serving, status: first),
      ProcessStatus(worker: 2, process: 12, state: .stopping, status: second),
      ProcessStatus(worker: 2, process: 13, state: .starting),
      ProcessStatus(worker: 3, process: 14, state: .serving),
      ProcessStatus(worker: 4, state: .waiting),
      ProcessStatus(worker: 5, state: .abandoned),
    ])

  private static let threads = "4 of at most 8 threads, 1 free; the system allows no more threads"

  @Test func `Workers, and their connections by age, are shown as text`() {
    let name = "m,x =%\u{e9} [192.0.2.7:25], 4Ab"
    #expect(
      Self.report.text == """
        stamp, process 10: serving
        worker 1, process 11: 2 connections: 0 on threads, 0 waiting for one, 1 suspended, \
        1 waiting for the MTA; \(Self.threads)
        worker 2, process 12: stopping; 1 connections: 1 on threads, 0 waiting for one, 0 suspended, \
        0 waiting for the MTA; \(Self.threads)
        worker 2, process 13: starting
        worker 3, process 14: has not answered
        worker 4: has ended, and is started again
        worker 5: has ended, and is not started again
        worker 1 #1, \(name): body suspended for 12.3 s, 8192 bytes waiting
        worker 2 #1, \(name): in eom for 12.3 s, 8192 bytes waiting
        worker 1 #7, \(name): waiting for the MTA for 12.3 s, 8192 bytes waiting

        """)
  }

  @Test func `Workers, and their connections by age, are shown as JSON`() {
    func process(_ worker: Int, _ number: Int, _ state: String, _ counts: String) -> String {
      """
      {"worker":\(worker),"process":\(number),"state":"\(state)","answered":true,"connections":\
      {\(counts)},"connectionLimit":50,"full":false,"threads":{"running":4,"free":1,"limit":8,\
      "waiting":2,"short":true}}
      """
    }
    func entry(_ worker: Int, _ number: Int, _ state: String, _ callback: String, _ age: Int)
      -> String
    {
      """
      {"worker":\(worker),"connection":\(number),"client":"m,x =%\u{e9} [192.0.2.7:25]",\
      "queueID":"4Ab","state":"\(state)","callback":\(callback),"milliseconds":12345,\
      "ageMilliseconds":\(age),"bytesWaiting":8192}
      """
    }
    let one = #""thread":0,"queue":0,"suspended":1,"replies":0,"message":0,"idle":1"#
    let two = #""thread":1,"queue":0,"suspended":0,"replies":0,"message":0,"idle":0"#
    #expect(
      Self.report.json == """
        {"filter":"stamp","process":10,"state":"serving","processes":[\
        \(process(1, 11, "serving", one)),\(process(2, 12, "stopping", two)),\
        {"worker":2,"process":13,"state":"starting","answered":false},\
        {"worker":3,"process":14,"state":"serving","answered":false},\
        {"worker":4,"process":null,"state":"waiting","answered":false},\
        {"worker":5,"process":null,"state":"abandoned","answered":false}],"connections":[\
        \(entry(1, 1, "suspended", "\"body\"", 900)),\(entry(2, 1, "thread", "\"eom\"", 500)),\
        \(entry(1, 7, "idle", "null", 100))],"omitted":0}

        """)
  }

  @Test func `All workers together list two hundred connections`() {
    let many = Self.status((1...150).map { Self.connection($0, .idle, age: 1000 - $0) })
    let report = StatusReport(
      filter: "stamp", process: 10, state: .serving,
      processes: (1...3).map {
        ProcessStatus(worker: $0, process: 10 + $0, state: .serving, status: many)
      })
    let lines = report.text.split(separator: "\n")
    #expect(lines.count == 1 + 3 + 200 + 1)
    #expect(lines[4].hasPrefix("worker 1 #1,") && lines[6].hasPrefix("worker 3 #1,"))
    #expect(lines[7].hasPrefix("worker 1 #2,"))
    #expect(lines.last == "and 250 more connections")
  }
}

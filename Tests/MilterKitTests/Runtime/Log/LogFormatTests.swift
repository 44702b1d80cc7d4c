import Foundation
import MilterCore
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem
import Synchronization
import Testing

@testable import MilterKit
@testable import MilterRuntime

/// Logs with the parts of a line as fields: JSON, and systemd's journal.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15))) struct LogFormatTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  private static func queueID(_ id: String) -> MTACommand {
    .macro(UInt8(ascii: "M"), [.init(name: bytes("i"), value: bytes(id))])
  }

  // MARK: JSON

  @Test func `With --log json every line is an object with the parts of the line`() throws {
    let process = try OperatedProcess(
      ["--socket", "inet:0@127.0.0.1", "--log", "json", "--log-level", "info"])
    let started = try process.log.line { $0.contains("listening on ") }
    let address = try #require(
      started.split(separator: "listening on ").last?.split(separator: "\"")[0])
    let mta = try TestMTA(String(address))
    try mta.greet()
    // Without escaping, this queue ID would add a line or a member of the object.
    try mta.send(Self.queueID("4Fi\n{\",\"level\":\"error"))
    #expect(try mta.message().last == .accept)
    try mta.quit()
    try process.stop()
    let objects = try process.log.toEnd().map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    for object in objects {
      let time = try #require(object["time"] as? String, "\(object)")
      #expect(time.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil, "\(object)")
      #expect(object["filter"] as? String == "milter-operated-filter", "\(object)")
      #expect(["info", "notice"].contains(object["level"] as? String), "\(object)")
    }
    let verdict = try #require(objects.first { $0["verdict"] != nil })
    #expect(
      Set(verdict.keys) == [
        "time", "level", "filter", "connection", "queueID", "callback", "verdict", "message",
      ])
    #expect(verdict["level"] as? String == "info")
    #expect(verdict["connection"] as? Int == 1)
    #expect(verdict["queueID"] as? String == #"4Fi\n{","level":"error"#)
    #expect(verdict["callback"] as? String == "eom")
    #expect(verdict["verdict"] as? String == "accept")
    #expect(verdict["message"] as? String == "eom: accept")
    let listening = try #require(objects.first { "\($0["message"] ?? "")".contains("listening") })
    #expect(Set(listening.keys) == ["time", "level", "filter", "message"])
  }

  @Test func `The time is in UTC`() {
    #expect(Timestamp.text(seconds: 0, microseconds: 7) == "1970-01-01T00:00:00.000007Z")
    #expect(
      Timestamp.text(seconds: 1_772_323_199, microseconds: 999_999)
        == "2026-02-28T23:59:59.999999Z")
    #expect(Timestamp.text(seconds: 951_782_400, microseconds: 0) == "2000-02-29T00:00:00.000000Z")
  }

  // MARK: Parts

  private struct Refused: Error {}

  @Test func `A line has the callback in which it was written, and its answer`() throws {
    let records = Records()
    let server = try TestServer(configure: { $0.log.record = records.add }) {
      ScriptedFilter { filter, callback in
        if callback == .header { filter.log.notice("mine") }
        if callback == .eom { throw Refused() }
        return .continue
      }
    }
    let mta = try server.connect()
    try mta.greet()
    #expect(try mta.message() == [.tempfail])
    let mine = try #require(records.all.first { $0.message == "mine" })
    #expect(mine.callback == .header)
    #expect(mine.verdict == nil)
    #expect(mine.connection == 1)
    #expect(mine.line.hasSuffix("#1: mine"))
    let thrown = try #require(records.all.first { $0.level == .error })
    #expect(thrown.callback == .eom)
    #expect(thrown.verdict == .tempfail)
    #expect(thrown.message == "eom threw, tempfail is answered: Refused")
  }

  // MARK: The journal

  @Test func `The journal gets the parts as fields`() throws {
    let journal = try NotifySocket(at: directory.path(of: "journal"))
    let log = JournalLog(try JournalSocket(journal.path), name: "greeter")
    let server = try TestServer(
      configure: {
        $0.log.record = { log.write($0) }
        $0.log.level = .info
      }
    ) { ScriptedFilter { _, callback in callback == .eom ? .reject : .continue } }
    #expect(
      try journal.next()
        == "MESSAGE=listening on \(server.spec)\nPRIORITY=5\nSYSLOG_IDENTIFIER=greeter\n"
        + "MILTER_FILTER=greeter\n")
    let mta = try server.connect()
    try mta.greet()
    try mta.send(Self.queueID("4F\nMESSAGE=forged"))
    #expect(try mta.message() == [.reject])
    let name = ScriptedFilter.name
    #expect(
      try journal.next()
        == """
        MESSAGE=\(name) #1: 4F\\nMESSAGE=forged: eom: reject
        PRIORITY=6
        SYSLOG_IDENTIFIER=greeter
        MILTER_FILTER=\(name)
        MILTER_CONNECTION=1
        MILTER_QUEUE_ID=4F\\nMESSAGE=forged
        MILTER_CALLBACK=eom
        MILTER_VERDICT=reject

        """)
  }

  @Test func `A line that the journal refuses goes to standard error`() throws {
    let lines = Journal()
    let log = JournalLog(try JournalSocket(directory.path(of: "nobody")), name: "greeter") {
      lines.note("\($0.name): \($1)")
    }
    log.write(
      LogRecord(
        level: .error, filter: nil, connection: nil, queueID: nil, callback: nil, verdict: nil,
        message: "lost?", line: "lost?"))
    #expect(lines.all == ["error: lost?"])
    let journal = try NotifySocket(at: directory.path(of: "journal"))
    let long = String(repeating: "x", count: 10_000_000)
    JournalLog(try JournalSocket(journal.path), name: "greeter") { _, line in
      lines.note("\(line.utf8.count)")
    }.write(
      LogRecord(
        level: .error, filter: nil, connection: nil, queueID: nil, callback: nil, verdict: nil,
        message: long, line: long))
    #expect(lines.all.last == "10000000")
  }

  @Test func `Standard error is the journal's only if JOURNAL_STREAM names it`() throws {
    let file = try ScratchFile()
    var status = stat()
    try #require(fstat(file.descriptor, &status) == 0)
    let (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
    func isConnected(_ stream: String?) -> Bool {
      JournalSocket.isConnected(stream, descriptor: file.descriptor)
    }
    #expect(isConnected("\(device):\(inode)"))
    for other in ["\(device):\(inode + 1)", "\(device + 1):\(inode)", "\(device)", "a:b", ":", ""] {
      #expect(!isConnected(other))
    }
    #expect(!isConnected(nil))
    #expect(!JournalSocket.isConnected("\(device):\(inode)", descriptor: -1))
  }

  @Test(.needsFree(JournalSocket.standardPath))
  func `A program whose standard error is the journal's writes fields`() throws {
    let folder = URL(filePath: JournalSocket.standardPath).deletingLastPathComponent()
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { if isNew { try? FileManager.default.removeItem(at: folder) } }
    let journal = try NotifySocket(at: JournalSocket.standardPath)
    defer { unlink(JournalSocket.standardPath) }
    // This file is the standard error of the process.
    let errors = try ScratchFile()
    var status = stat()
    try #require(fstat(errors.descriptor, &status) == 0)
    let process = try Subprocess.spawn(
      BuiltProgram.path(of: "milter-operated-filter"), ["--socket", "unix:\(directory.path)/s"],
      environment: Subprocess.environment.merging([
        "JOURNAL_STREAM": "\(status.st_dev):\(status.st_ino)"
      ]) { $1 }, descriptors: (errors.descriptor, errors.descriptor, errors.descriptor))
    var lines: [String] = []
    repeat {
      lines.append(try journal.next())
    } while lines.last?.contains("listening on") == false
    #expect(
      lines.last
        == "MESSAGE=listening on unix:\(directory.path)/s\nPRIORITY=5\n"
        + "SYSLOG_IDENTIFIER=milter-operated-filter\nMILTER_FILTER=milter-operated-filter\n")
    kill(process, SIGTERM)
    #expect(try Subprocess.waitForExit(of: process) == 0)
    #expect(try errors.contents().isEmpty)
  }
}

/// Lines of a log as records.
private final class Records: Sendable {
  private let records = Mutex<[LogRecord]>([])
  func add(_ record: LogRecord) { records.withLock { $0.append(record) } }
  var all: [LogRecord] { records.withLock { $0 } }
}

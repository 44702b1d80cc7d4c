import Foundation
import MilterCore
import MilterProcessFixtures
import Testing

/// `--config`, the environment, and SIGHUP, with a filter in its own process.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct ConfigurationFileTests {
  private let directory: ScratchDirectory
  private var file: String { directory.path(of: "filter.conf") }

  /// The filter's own settings at a reload.
  private var settings: String { directory.path(of: "settings") }

  init() throws {
    directory = try ScratchDirectory()
    try directory.write("old".utf8, to: "settings")
  }

  private func write(_ lines: String...) throws {
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: file, atomically: true, encoding: .utf8)
  }

  private func start(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> (process: OperatedProcess, address: String) {
    let process = try OperatedProcess(
      ["--config", file] + arguments,
      environment: environment.merging(["SETTINGS": settings]) { $1 })
    return (process, try process.address())
  }

  /// Returns the tag of a message on a new connection.
  private func tag(_ address: String) throws -> String? {
    let mta = try TestMTA(address)
    try mta.greet()
    return tag(in: try mta.message())
  }

  private func tag(in replies: [FilterReply]) -> String? {
    for case .addheader(bytes("X-Tag"), let value) in replies {
      return String(decoding: value, as: UTF8.self)
    }
    return nil
  }

  /// Reloads the process, and waits for a line about the reload in the log.
  private func reload(_ process: OperatedProcess, until line: String) throws -> String {
    let before = process.log.all.count { $0.hasPrefix(line) }
    return try process.reload(before + 1) { $0.hasPrefix(line) }
  }

  @Test func `A file sets what neither the command line nor the environment set`() throws {
    try write("socket = inet:0@127.0.0.1", "tag = file", "max-threads = 3")
    let file = try start()
    #expect(try tag(file.address) == "file")
    let variables = ["MILTER_OPERATED_FILTER_TAG": "environment"]
    let environment = try start(environment: variables)
    #expect(try tag(environment.address) == "environment")
    let arguments = try start("--tag", "command line", environment: variables)
    #expect(try tag(arguments.address) == "command line")
    withExtendedLifetime((file, environment, arguments)) {}
  }

  @Test func `A container needs only the environment`() throws {
    try write("socket = inet:0@127.0.0.1", "tag = file")
    let process = try OperatedProcess(
      [],
      environment: [
        "MILTER_OPERATED_FILTER_CONFIG": file,
        "MILTER_OPERATED_FILTER_SOCKET":
          "inet:0@127.0.0.1\nunix:\(directory.path)/s",
        "MILTER_OPERATED_FILTER_PORT": "tcp://10.0.0.1:80",
      ])
    _ = try process.log.line { $0.contains("listening on inet:") }
    _ = try process.log.line { $0.hasSuffix("listening on unix:\(directory.path)/s") }
    #expect(try tag("unix:\(directory.path)/s") == "file")
  }

  @Test func `After SIGHUP settings change for new connections only`() throws {
    try write("socket = inet:0@127.0.0.1", "tag = old")
    let (process, address) = try start()
    let first = try TestMTA(address)
    try first.greet()
    try first.envelope()
    try write("socket = inet:0@127.0.0.1", "tag = new")
    _ = try reload(process, until: "notice: reloaded")
    #expect(try tag(address) == "new")
    #expect(tag(in: try first.ask(.endOfBody([]))) == "old")
    // The next message of the same connection also has the old tag.
    #expect(tag(in: try first.message()) == "old")
    try write("socket = inet:0@127.0.0.1")
    _ = try reload(process, until: "notice: reloaded")
    #expect(try tag(address) == nil)
  }

  @Test func `After SIGHUP limits, timeouts and the log level change for new connections`() throws {
    try write("socket = inet:0@127.0.0.1", "max-connections = 1")
    let (process, address) = try start()
    let first = try TestMTA(address)
    try first.greet()
    let second = try TestMTA(address)
    try second.send(TestMTA.offer)
    _ = try process.log.line { $0.contains("as many connections as allowed") }
    try write(
      "socket = inet:0@127.0.0.1", "max-connections = 3", "timeout = 1", "log-level = info")
    _ = try reload(process, until: "notice: reloaded")
    // The second connection is accepted after the change, so the new settings apply to it.
    #expect(try second.receive()?.code == .negotiate)
    #expect(try second.receive() == nil)
    let line = try process.log.line { $0.hasPrefix("warning: milter-operated-filter #2: ") }
    #expect(line.hasSuffix("no command came for 1.0 seconds"))
    // The first connection keeps the previous timeout and log level.
    #expect(try first.message().last == .accept)
    try first.quit()
    // The short timeout is removed, because a busy machine could exceed it on the third connection.
    try write("socket = inet:0@127.0.0.1", "log-level = info")
    _ = try reload(process, until: "notice: reloaded")
    let third = try TestMTA(address)
    try third.greet()
    try third.quit()
    _ = try process.log.line { $0.hasPrefix("info: ") && $0.contains("#3: a connection ended") }
    #expect(!process.log.all.contains { $0.contains("#1: a connection ended") })
  }

  @Test func `A reload that turns shadow mode on or off is logged`() throws {
    try write("socket = inet:0@127.0.0.1", "tag = t", "shadow")
    let (process, address) = try start()
    #expect(try tag(address) == nil)
    try write("socket = inet:0@127.0.0.1", "tag = t")
    _ = try reload(process, until: "notice: shadow mode is off: mail is changed and refused again")
    #expect(try tag(address) == "t")
    try write("socket = inet:0@127.0.0.1", "tag = t", "shadow")
    _ = try reload(process, until: "notice: shadow mode: mail is neither changed nor refused")
    #expect(try tag(address) == nil)
  }

  @Test func `A setting that needs a restart is named and keeps its value`() throws {
    try write("socket = inet:0@127.0.0.1", "tag = old", "place = /var")
    let (process, address) = try start()
    try write(
      "socket = unix:\(directory.path)/s", "pidfile = \(directory.path)/pid", "tag = new",
      "place = /srv")
    _ = try reload(process, until: "notice: reloaded")
    for name in ["socket", "pidfile", "place"] {
      #expect(
        process.log.all.contains(
          "warning: \(name) has changed; restart the filter to apply this"), "\(process.log.all)")
    }
    #expect(process.log.all.count { $0.contains("restart the filter to apply this") } == 3)
    #expect(try tag(address) == "new")
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(files.sorted() == ["filter.conf", "settings"])
  }

  @Test(arguments: [
    ("tagg = new", ":2: tagg: no such key; did you mean tag?"),
    ("timeout = soon", ":2: timeout soon: not a number from 1 to 2147483647"),
    ("shadow = perhaps", ":2: shadow perhaps: not yes or no"),
    ("user = no-such-user", ":2: "),
    ("tag", ":2: tag needs a value: tag = WORD"),
    ("tag = x\ntag = y", ":3: tag is set in line 2 already"),
    ("tag = x\nodd", "--odd and --tag exclude each other"),
  ])
  func `An invalid file at SIGHUP leaves everything unchanged`(
    _ lines: String, _ message: String
  ) throws {
    try write("socket = inet:0@127.0.0.1", "tag = old")
    let (process, address) = try start()
    #expect(try tag(address) == "old")
    try write("socket = unix:\(directory.path)/s", lines, "log-level = debug")
    try "new".write(toFile: settings, atomically: true, encoding: .utf8)
    let line = try reload(process, until: "error: ")
    #expect(line.hasPrefix("error: reloading failed, nothing has changed: "))
    #expect(line.contains(message), "\(line)")
    let mta = try TestMTA(address)
    try mta.greet()
    let replies = try mta.message()
    #expect(tag(in: replies) == "old")
    #expect(replies.first == .addheader(name: bytes("X-Settings"), value: bytes("old")))
    // No part of the file was applied: no line has the level debug or reports a restart.
    #expect(!process.log.all.contains { $0.hasPrefix("debug") || $0.contains("restart") })
    try process.stop()
  }

  @Test func `A filter that fails to reload keeps its settings`() throws {
    try write("socket = inet:0@127.0.0.1", "tag = old")
    let (process, address) = try start()
    #expect(try tag(address) == "old")
    try "broken".write(toFile: settings, atomically: true, encoding: .utf8)
    try write("socket = inet:0@127.0.0.1", "tag = new")
    #expect(
      try reload(process, until: "error: ")
        == "error: reloading failed, nothing has changed: Broken()")
    #expect(try tag(address) == "old")
    try FileManager.default.removeItem(atPath: file)
    _ = try reload(process, until: "error: ")
    #expect(try tag(address) == "old")
  }
}

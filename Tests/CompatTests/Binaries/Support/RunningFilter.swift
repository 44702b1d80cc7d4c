import Foundation
import Glibc
import MilterSystem
import MilterProcessFixtures
import Testing

/// A running filter that uses the library under test.
final class RunningFilter {
  /// A way to start a filter.
  enum Mode: CaseIterable {
    /// The started process serves.
    case foreground
    /// The started process ends, and its child serves as a daemon.
    case daemon
  }

  /// The process to send signals to.
  let pid: pid_t
  /// The socket that the filter listens on, in libmilter's notation.
  let socket: String
  private let keeper: Keeper
  private let log: String
  private let library: String
  private let service: FakeService?

  /// Starts a filter of this machine on the library under test and returns when it listens.
  ///
  /// - Parameters:
  ///   - program: The path of the program.
  ///   - arguments: Its arguments, which must make it listen on `socket`.
  ///   - socket: The socket of the filter: `unix:PATH` or `inet:PORT@127.0.0.1`.
  ///   - mode: Whether the arguments make the filter a daemon.
  ///   - service: The service that the filter asks, which is kept as long as the filter.
  ///   - folder: The folder for the filter's output.
  /// - Throws: An error with the filter's output, if the filter does not listen.
  convenience init(
    _ program: String, _ arguments: [String], socket: String, mode: Mode = .foreground,
    asking service: FakeService? = nil, in folder: ScratchDirectory
  ) throws {
    let command = try FilterRelease.installed.command(
      program, arguments, on: LibraryUnderTest.current.get())
    try self.init(command, socket: socket, mode: mode, asking: service, in: folder)
  }

  /// Starts a filter and returns when it listens.
  init(
    _ command: FilterCommand, socket: String, mode: Mode = .foreground,
    asking service: FakeService? = nil, in folder: ScratchDirectory
  ) throws {
    self.socket = socket
    self.service = service
    library = command.library
    log = folder.path(of: "output.log")
    let program = ([command.program] + command.arguments).joined(separator: " ")
    let keeper = try Keeper(
      command.program, command.arguments, environment: command.environment, log: log)
    self.keeper = keeper
    let log = log
    do {
      if mode == .daemon {
        let status = try keeper.waitForEnd(of: keeper.pid)
        guard status == 0, let daemon = try keeper.running().first else {
          throw HarnessError("it ended with \(status) and left no daemon")
        }
        pid = daemon
      } else {
        pid = keeper.pid
      }
      try poll(for: "\(program) to listen at \(socket)") {
        guard try !keeper.running().isEmpty else { throw HarnessError("it ended") }
        return try ListeningTable.has(SocketSpec(socket)) ? () : nil
      }
    } catch {
      let output = FileManager.default.contents(atPath: log) ?? Data()
      throw HarnessError(
        "\(program): \(error); it says:\n\(String(decoding: output, as: UTF8.self))")
    }
  }

  /// The filter's output so far.
  var output: String {
    String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
  }

  /// Connects to the filter as an MTA.
  func connect() throws -> Delivery {
    try Delivery(to: self)
  }

  /// Checks that the filter has loaded only one libmilter: the library that it was started with.
  func expectLibraryUnderTest(sourceLocation: SourceLocation = #_sourceLocation) throws {
    // The last column is the path of a mapped file. No other column contains a slash.
    let files = try ProcFile.lines("/proc/\(pid)/maps").compactMap { line in
      line.firstIndex(of: "/").map { String(line[$0...]) }
    }
    let libraries = Set(files.filter { $0.contains("libmilter") })
    #expect(libraries == [library], sourceLocation: sourceLocation)
  }

  /// Sends a signal, waits until the filter has ended, and returns its exit status.
  func stop(_ number: Int32 = SIGTERM) throws -> Int32 {
    try keeper.signal(pid, number)
    return try waitForEnd()
  }

  /// Sends a signal to all of several filters, waits for all, and returns their exit statuses.
  static func stop(_ filters: [RunningFilter], _ number: Int32 = SIGTERM) throws -> [Int32] {
    for filter in filters { try filter.keeper.signal(filter.pid, number) }
    return try filters.map { try $0.waitForEnd() }
  }

  /// The processes that the filter has started and that still run.
  func children() throws -> [pid_t] { try ProcFile.children(of: pid) }

  /// The processes that still run after the filter itself has ended.
  func survivors() throws -> [pid_t] { try keeper.running() }

  /// Waits until the filter has ended, and returns its exit status.
  func waitForEnd() throws -> Int32 {
    try keeper.waitForEnd(of: pid)
  }
}

import CBenchFilter
import Dispatch
@preconcurrency import Glibc
import MilterCore
import MilterKit

/// A server in this process, and an MTA in another one.
struct ServerPlay {
  private let load: ServerCase
  private let path = "/tmp/core-count-\(getpid()).sock"

  init(_ load: ServerCase) { self.load = load }

  /// Serves the MTA for a number of turns.
  func serve(_ number: Int) throws {
    guard let makeMilter = load.makeMilter else { return try serveInC(number) }
    var configuration = MilterConfiguration()
    configuration.log.level = .error
    let server = try MilterServer(
      sockets: ["unix:\(path)"], configuration: configuration, makeMilter: makeMilter)
    try server.start()
    let isDone = Self.hasSucceeded(try startMTA(number))
    server.stop()
    try check(isDone)
  }

  /// Does the same with the drop-in library, which allows one server in a process.
  private func serveInC(_ number: Int) throws {
    let mta = try startMTA(number)
    let end = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var isDone = false
    DispatchQueue.global().async {
      isDone = Self.hasSucceeded(mta)
      bench_filter_stop()
      end.signal()
    }
    let arguments = ["bench-filter", "full", "unix:\(path)"]
    var words = arguments.map { strdup($0) } + [nil]
    let status = bench_filter_main(Int32(arguments.count), &words)
    end.wait()
    try check(isDone && status == 0)
  }

  private func check(_ isDone: Bool) throws {
    guard isDone else { throw MilterError(.malformedReply, "the MTA has failed") }
  }

  private func startMTA(_ number: Int) throws -> pid_t {
    let program = CommandLine.arguments[0]
    let arguments = [program, "mta", load.rawValue, "\(number)", path]
    let words = arguments.map { strdup($0) } + [nil]
    var process = pid_t()
    guard posix_spawn(&process, program, nil, nil, words, environ) == 0 else {
      throw MilterError(.invalidArgument, "cannot start \(program)")
    }
    return process
  }

  private static func hasSucceeded(_ process: pid_t) -> Bool {
    var status: Int32 = -1
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    return status == 0
  }
}

@preconcurrency import Glibc
import MilterKit
import Synchronization

/// Serves ``SoakAsync`` until it is told to end, and compares what callbacks threw with what the server has
/// counted as faults.
///
/// The log is not enough: only some lines of a kind are written in a minute.
@main
enum SoakAsyncProgram {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 2, arguments.first == "--socket", let socket = arguments.last else {
      fputs("usage: soak-async --socket SOCKET\n", stderr)
      exit(64)
    }
    let server = try MilterServer(sockets: [socket]) { SoakAsync() }
    try server.run()
    let thrown = SoakAsync.faults.load(ordering: .relaxed)
    let counted = server.statistics.errors[.callback] ?? 0
    let canceled = Suspension.cancellations.load(ordering: .relaxed)
    print("\(canceled) callbacks ended with CancellationError")
    guard counted == thrown else {
      print("callbacks threw \(thrown) errors of their own, \(counted) were taken for faults")
      exit(1)
    }
  }
}

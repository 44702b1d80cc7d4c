@preconcurrency import Glibc
import MilterKit
import Synchronization

/// Serves ``SoakAsync`` until a signal ends it, and compares the number of errors that callbacks threw with
/// the number of faults that the server counted.
///
/// The log is not enough, because the server limits the number of similar lines in a minute.
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

@preconcurrency import Glibc
import MilterCore

/// Runs the core on messages in memory, or a server on messages over a socket, for valgrind to count
/// instructions and allocations.
///
/// ```
/// core-count session|commands|SERVER NUMBER
/// ```
///
/// `session` does what a server does for each message: it cuts the bytes into frames, keeps the
/// macros, follows the session, and encodes the replies. `commands` also reads each frame into an
/// ``MTACommand``, which copies every string. The other words are the cases of ``ServerCase``: a
/// whole server, and an MTA in a separate process, which valgrind does not follow. The counts of
/// two runs are subtracted from each other, so that the cost of start and end does not matter.
@main
enum CoreCount {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 5, arguments[1] == "mta", let load = ServerCase(rawValue: arguments[2]),
      let number = Int(arguments[3])
    {
      return try MTAPlay(load, arguments[4]).play(number)
    }
    guard arguments.count == 3, let number = Int(arguments[2]) else { usage() }
    if let load = ServerCase(rawValue: arguments[1]) { return try ServerPlay(load).serve(number) }
    guard ["session", "commands"].contains(arguments[1]) else { usage() }
    var play = try CorePlay(readsCommands: arguments[1] == "commands")
    for _ in 0..<number { try play.playMessage() }
    print("\(number) messages, \(play.replies) replies, \(play.bytes) bytes of replies")
  }

  private static func usage() -> Never {
    let servers = ServerCase.allCases.map(\.rawValue).joined(separator: "|")
    fputs("usage: core-count session|commands|\(servers) NUMBER\n", stderr)
    exit(64)
  }
}

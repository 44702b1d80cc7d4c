@preconcurrency import Glibc
import MilterCore

/// Runs the core on messages in memory, or a server on messages over a socket, for valgrind to count
/// instructions and allocations.
///
/// ```
/// core-count session|commands|milter|async MESSAGES
/// ```
///
/// `session` is what a server does for each message: cut the bytes into frames, keep the macros,
/// follow the session, encode the replies. `commands` also reads each frame into an ``MTACommand``,
/// which copies every string. `milter` is a whole server with a `Milter` whose callbacks are all
/// active, and the MTA that writes and reads; `async` is the same with an `AsyncMilter` that never
/// suspends. The counts of two runs are subtracted from each other, so that what starting and ending
/// costs does not matter.
@main
enum CoreCount {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, ["session", "commands", "milter", "async"].contains(arguments[1]),
      let messages = Int(arguments[2])
    else {
      fputs("usage: core-count session|commands|milter|async MESSAGES\n", stderr)
      exit(64)
    }
    switch arguments[1] {
    case "milter", "async":
      var play = try ServerPlay(isAsync: arguments[1] == "async")
      for _ in 0..<messages { try play.playMessage() }
      play.end()
      report(messages, play.replies, play.bytes)
    default:
      var play = try CorePlay(readsCommands: arguments[1] == "commands")
      for _ in 0..<messages { try play.playMessage() }
      report(messages, play.replies, play.bytes)
    }
  }

  private static func report(_ messages: Int, _ replies: Int, _ bytes: Int) {
    print("\(messages) messages, \(replies) replies, \(bytes) bytes of replies")
  }
}

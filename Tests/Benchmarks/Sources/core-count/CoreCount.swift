@preconcurrency import Glibc
import MilterCore

/// Runs the core on messages in memory, for valgrind to count instructions and allocations.
///
/// ```
/// core-count session|commands MESSAGES
/// ```
///
/// `session` is what a server does for each message: cut the bytes into frames, keep the macros,
/// follow the session, encode the replies. `commands` reads each frame into an ``MTACommand``, too,
/// which copies every string. The counts of two runs are subtracted from each other, so that what
/// starting and ending costs does not matter.
@main
enum CoreCount {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, ["session", "commands"].contains(arguments[1]),
      let messages = Int(arguments[2])
    else {
      fputs("usage: core-count session|commands MESSAGES\n", stderr)
      exit(64)
    }
    var play = try CorePlay(readsCommands: arguments[1] == "commands")
    for _ in 0..<messages { try play.playMessage() }
    print(
      "\(messages) messages, \(play.replies) replies, \(play.bytes) bytes of replies")
  }
}

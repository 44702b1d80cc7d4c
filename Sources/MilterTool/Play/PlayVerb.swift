import MilterCommandLine
import MilterClient
import MilterMTA
import MilterPlay

/// `milter play`: plays messages to a filter.
struct PlayVerb: Verb {
  static let name = "play"
  static let summary = "Sends messages to a filter and reports the results"
  static let usage = [
    "--socket SPEC [OPTION ...] FILE ...",
    "--exec 'CMD {socket}' [OPTION ...] FILE ...",
  ]
  static let table =
    OptionTable<Self>([
      .init(
        "socket", "SPEC", "where the filter listens: inet:PORT@HOST, inet6:PORT@HOST, unix:PATH"
      ) { $0.socket = $1 },
      .init("exec", "CMD", "start the filter with this command; {socket} in it is where to listen")
      {
        $0.command = $1
      },
      .init("timeout", "SECONDS", "how long to wait for a reply; default: as long as the MTA does")
      { $0.timeout = .seconds(try UsageError.number($1, "timeout", 1...Int(Int32.max))) },
    ]) + PlayOptions.table.applied(to: \.options)
  static let notes = """
    Each FILE is a message, a directory, an mbox file, or - for standard input. The filter of --exec
    has to stay in the foreground; it is ended when all is played.

    The exit status is the verdict, of several messages the highest: 0 accept, 10 reject,
    11 tempfail, 12 discard, 13 quarantine, 14 disconnect, 20 the filter broke the protocol.
    With --twice, 21 if the filter behaves differently the second time. Otherwise 64 is a wrong command
    line and 1 any other failure.

      milter play --socket inet:8891@127.0.0.1 --rcpt me@example.org mail.eml
      milter play --exec 'myfilter -p {socket}' --profile postfix --json ~/Maildir
    """

  private var socket: String?
  private var command: String?
  private var timeout: Duration?
  private var options = PlayOptions()

  func run(_ files: [String]) throws -> Int32 {
    guard socket != nil || command != nil else {
      throw UsageError("no filter: give --socket SPEC or --exec 'CMD {socket}'")
    }
    guard !files.isEmpty else {
      throw UsageError("no messages: give files, directories, or - for standard input")
    }
    try Player.check(files)
    return try StartedFilter.with(command, at: socket) { spec in
      let timeout = timeout
      let player = Player("milter play", options) { profile in
        var profile = profile
        if let timeout {
          profile.commandTimeout = timeout
          profile.contentTimeout = timeout
        }
        return try FilterConnection(to: spec, profile)
      }
      return try player.play(files)
    }
  }
}

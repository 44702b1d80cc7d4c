import MilterCommandLine
import MilterSystem

/// `milter replay`: plays a recording to a filter.
struct ReplayVerb: Verb {
  static let name = "replay"
  static let summary = "Plays a recording to a filter and compares its replies with those recorded"
  static let usage = [
    "--socket SPEC [OPTION ...] FILE ...",
    "--exec 'CMD {socket}' [OPTION ...] FILE ...",
  ]
  static let table = OptionTable<Self>([
    .init("socket", "SPEC", "where the filter listens: inet:PORT@HOST, inet6:PORT@HOST, unix:PATH")
    { $0.socket = $1 },
    .init("exec", "CMD", "start the filter with this command; {socket} in it is where to listen") {
      $0.command = $1
    },
    .init("timeout", "SECONDS", "how long to wait for a reply; default 300") {
      $0.timeout = try UsageError.number($1, "timeout", 1...1_000_000)
    },
  ])
  static let notes = """
    FILE is a recording of milter watch, or - for standard input. Where the filter decides earlier than
    recorded, the rest of that message is left out, as an MTA does; what it does not want to see is not
    sent. Progress replies are not compared.

    A filter that wants steps which the recorded filter left out cannot be
    compared; its connections are left out with a message.

    The exit status is 0 when all replies are those recorded, 3 when some are not, 64 for a wrong
    command line and 1 for any other failure.

      milter replay --exec 'myfilter -p {socket}' session.txt
    """

  /// The exit status if replies differ.
  private static let differenceStatus: Int32 = 3

  private var socket: String?
  private var command: String?
  private var timeout = 300

  func run(_ files: [String]) throws -> Int32 {
    guard socket != nil || command != nil else {
      throw UsageError("no filter: give --socket SPEC or --exec 'CMD {socket}'")
    }
    guard !files.isEmpty else { throw UsageError("no recording: give its file") }
    let paths = files.map { FilePath(argument: $0) }
    let recordings = try paths.map { try Recording(FileContents.read($0), name: "\($0)") }
    return try StartedFilter.with(command, at: socket) { socket in
      let spec = try SocketSpec(socket)
      var report = ReplayReport()
      for (file, recording) in zip(paths, recordings) {
        for (number, packets) in recording.connections.enumerated() {
          let place = (files.count > 1 ? "\(file), " : "") + "connection \(number + 1)"
          let link = try PacketLink(spec, timeout: timeout)
          var replay = Replay(packets, link)
          do {
            try replay.run { step, recorded, live in
              try report.add("\(place), \(step)", recorded, live)
            }
          } catch let missing as Replay.StepsMissing {
            StandardOutput.complain("milter replay: \(place): \(missing)")
          }
        }
      }
      try report.finish()
      return report.differences == 0 ? 0 : Self.differenceStatus
    }
  }
}

import MilterCommandLine
import MilterSystem

/// `milter status`: shows what a running filter does.
struct StatusVerb: Verb {
  static let name = "status"
  static let summary = "Shows what each connection of a running filter is doing"
  static let usage = ["--socket unix:PATH [OPTION ...]"]
  static let table = OptionTable<Self>([
    .init("socket", "unix:PATH", "where the filter answers: the argument of its --control") {
      options, text in
      options.socket = try SocketSpec(text)
    },
    .init("json", nil, "print an object of JSON on one line") { options, _ in
      options.isJSON = true
    },
    .init("timeout", "SECONDS", "how long to wait for the answer", default: "10") {
      $0.timeout = .seconds(try UsageError.number($1, "timeout", 1...1_000_000))
    },
  ])
  static let notes = """
    The filter has to run with --control unix:PATH; all filters of swift-milter have this option, and
    milter chain as well. It answers while all of its threads are taken. Only root and the user who has
    started the filter may ask.

    The first lines are about the filter and its processes: how many connections there are, how many of
    them wait for a thread, and how many threads there are. Then comes a line for each connection, the
    oldest first, 200 at most: its number, the client and the queue ID as far as they are known, the
    callback and for how long, and the bytes that the MTA has sent and the filter has not read.

    The exit status is 0 when the filter has answered, 69 when nobody listens or no answer comes in time,
    77 when you may not connect, 64 for a wrong command line and 1 for any other failure.

      stamp --socket inet:8891@127.0.0.1 --control unix:/run/milter/stamp.control
      milter status --socket unix:/run/milter/stamp.control
    """

  private var socket: SocketSpec?
  private var isJSON = false
  private var timeout = Duration.seconds(10)

  func run(_ operands: [String]) throws -> Int32 {
    if let extra = operands.first { throw UsageError.unexpected(extra) }
    guard let socket else {
      throw UsageError("no filter: give --socket unix:PATH, the argument of the filter's --control")
    }
    if case .descriptor = socket.target {
      throw UsageError("--socket \(socket): a descriptor cannot be connected to; give unix:PATH")
    }
    do {
      let client = ControlClient(socket, timeout: timeout)
      try StandardOutput.put(client.page(isJSON ? "/status.json" : "/status"))
    } catch let failure as ControlClient.Failure {
      StandardOutput.complain("milter status: \(failure)")
      return failure.status
    }
    return 0
  }
}

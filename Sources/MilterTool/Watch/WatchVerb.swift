import MilterCommandLine
import MilterKit
import MilterSystem

/// `milter watch`: shows what an MTA sends to a filter.
struct WatchVerb: Verb {
  static let name = "watch"
  static let summary = "Prints every event, argument and macro that an MTA sends to a filter"
  static let usage = ["--socket SPEC [--relay SPEC] [--record FILE] [OPTION ...]"]
  static let table = OptionTable<Self>([
    .init("socket", "SPEC", "where to listen: inet:PORT@HOST, inet6:PORT@HOST, unix:PATH or fd:N") {
      $0.socket = $1
    },
    .init(
      "relay", "SPEC", "pass everything on to the filter that listens there, and show its replies"
    ) { $0.relay = try SocketSpec($1) },
    .init("record", "FILE", "write the sessions to FILE, for milter replay") { $0.recording = $1 },
    .init("full", nil, "print bodies to their last line") { verb, _ in verb.printsAll = true },
    .init(
      "socket-mode", "MODE",
      "mode of Unix-domain sockets in octal; default: 660 with a group, otherwise by the umask"
    ) { $0.options.mode = try UsageError.mode($1, "socket-mode") },
    .init("socket-group", "GROUP", "group of Unix-domain sockets; members may connect") {
      $0.options.group = $1
    },
  ])
  static let notes = """
    Without --relay it is a filter that asks for every step and accepts all mail.
    With --relay it stands between an MTA and your filter. It goes on until it is interrupted.

    A line begins with the number of the connection and the direction: > is what the MTA sent, < what
    the filter replied. A recording is made of the same lines, each connection by itself:

      milter recording 1

      connection 1
      > negotiate version=6 actions=addhdrs,chgbody steps=none
      < negotiate version=6 actions=addhdrs steps=none
      > macro connect j="mx.example.org"
      > connect "client.example.org" inet "192.0.2.25" 49152
      < continue
      > body
        "first line\\r\\n"
        "second line\\r\\n"

    Texts are in quotation marks, with \\" \\\\ \\t \\n \\r and \\x00 as in C; lines that begin with two
    spaces belong to the one above, those with # are comments. There are no times in it: recordings of
    the same thing are the same.

      milter watch --socket inet:8890@127.0.0.1 --relay inet:8891@127.0.0.1 --record session.txt
    """

  private var socket: String?
  private var relay: SocketSpec?
  private var recording: String?
  private var printsAll = false
  private var options = ListeningSocket.Options()

  func run(_ operands: [String]) throws -> Int32 {
    if let extra = operands.first { throw UsageError.unexpected(extra) }
    guard let socket else { throw UsageError("--socket is missing; give the socket to listen on") }
    Watch.holdSignals()
    let journal = try WatchJournal(recording: recording, printsAll: printsAll)
    let relay = relay
    let own = try relay == nil ? OwnFilter() : nil
    let spec = try SocketSpec(socket)
    let watch = try Watch(spec, options: options, journal: journal) {
      if let own { return try own.connect() }
      guard let relay else { throw UsageError("no filter") }
      return try Socket.connect(to: relay, milliseconds: 30_000)
    }
    if let relay, watch.isReached(by: relay) {
      watch.close()
      throw UsageError("--relay \(relay): that is where milter watch itself listens")
    }
    if let warning = spec.listeningWarning { StandardOutput.complain("milter watch: \(warning)") }
    StandardOutput.complain("milter watch: listening on \(watch.address); Ctrl-C ends it")
    watch.run()
    own?.stop()
    try journal.check()
    return 0
  }
}

import MilterCommandLine
import MilterKit
import MilterSystem

/// `milter config`: the lines that enable a filter.
struct ConfigVerb: Verb {
  static let name = "config"
  static let summary = "Prints the lines that enable a filter in Postfix or Sendmail"
  static let usage = ["postfix|sendmail --socket SPEC --name NAME [OPTION ...]"]
  static let table = OptionTable<Self>([
    .init("socket", "SPEC", "where the filter listens: inet:PORT@HOST, inet6:PORT@HOST, unix:PATH")
    { $0.socket = try MTASocket($1) },
    .init("name", "NAME", "the filter's name; default milter") {
      guard MTALineWish.isName($1) else {
        throw UsageError("--name \($1): a name has letters, digits, - and _ only")
      }
      $0.filter = $1
    },
    .init("answer-time", "SECONDS", "how long the filter may take for an answer; default 30") {
      $0.answerTime = try UsageError.number($1, "answer-time", 1...86_400)
    },
    .init(
      "macros", "STAGE=NAMES",
      "macros it needs beside the usual ones, such as connect={client_ptr}; repeatable"
    ) { $0.macros.append(try MacroWish($1)) },
    .init("when-down", "ACTION", "tempfail, reject or accept while it is down; default tempfail") {
      guard let action = MTALineWish.DefaultAction(rawValue: $1) else {
        throw UsageError("--when-down \($1): not one of tempfail, reject, accept")
      }
      $0.defaultAction = action
    },
    .init("queue-directory", "DIR", "Postfix's queue directory; default /var/spool/postfix") {
      $0.queueDirectory = $1
    },
  ])
  static let notes = """
    A filter that requests its macros with setsymlist needs no --macros.

      milter config postfix --socket inet:8891@127.0.0.1 --name greeter
      milter config sendmail --socket unix:/run/greeter/socket --name greeter
    """

  var socket: MTASocket?
  var filter = "milter"
  var answerTime = 30
  var macros: [MacroWish] = []
  var defaultAction = MTALineWish.DefaultAction.tempfail
  var queueDirectory = "/var/spool/postfix"

  func run(_ operands: [String]) throws -> Int32 {
    guard let mta = operands.first, operands.count == 1 else {
      throw UsageError("no MTA: write milter config postfix or milter config sendmail")
    }
    guard let socket else { throw UsageError("no socket: give --socket SPEC") }
    var wish = MTALineWish(socket, name: filter)
    wish.timeouts = MTATimeouts(answerTime: answerTime)
    wish.defaultAction = defaultAction
    switch mta {
    case "postfix":
      let lines = PostfixLines(wish, queueDirectory: queueDirectory, more: macros.map(\.postfix))
      try StandardOutput.put(lines.text)
    case "sendmail":
      try StandardOutput.put(SendmailLines(wish, more: macros.map(\.sendmail)).text)
    default: throw UsageError("\(mta): not postfix or sendmail")
    }
    return 0
  }
}

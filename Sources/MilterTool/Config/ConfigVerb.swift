import MilterCommandLine
import MilterKit
import MilterMTA
import MilterSystem

/// `milter config`: prints the lines that enable a filter.
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
    .init(
      "when-down", "ACTION",
      "tempfail, shutdown, reject, accept or quarantine; default shutdown where Postfix knows it, "
        + "else tempfail"
    ) { $0.defaultAction = try UsageError.word($1, "when-down") },
    .init("mta-version", "VERSION", "the MTA's release, such as 3.10.13; nothing newer is printed")
    {
      guard let version = MTAVersion($1) else {
        throw UsageError("--mta-version \($1): write a version such as 3.10.13")
      }
      $0.version = version
    },
    .init("own-settings", nil, "print Postfix's settings in braces, for this filter alone") {
      settings, _ in settings.isAlone = true
    },
    .init("explain", nil, "explain each line in a comment") { settings, _ in
      settings.explains = true
    },
    .init("queue-directory", "DIR", "Postfix's queue directory; default /var/spool/postfix") {
      $0.queueDirectory = $1
    },
  ])
  static let notes = """
    A filter that requests its macros with setsymlist needs no --macros. Without --mta-version the lines
    suit every release of Postfix since 2.6, or since 3.0 with --own-settings. With --when-down shutdown
    they suit the releases since \(PostfixFeature.shutdown.releases) only.

      milter config postfix --socket inet:8891@127.0.0.1 --name greeter
      milter config sendmail --socket unix:/run/greeter/socket --name greeter
    """

  var socket: MTASocket?
  var filter = "milter"
  var answerTime = 30
  var macros: [MacroWish] = []
  var defaultAction: MTALineWish.DefaultAction?
  var version: MTAVersion?
  var isAlone = false
  var explains = false
  var queueDirectory = "/var/spool/postfix"

  func run(_ operands: [String]) throws -> Int32 {
    guard let mta = operands.first, operands.count == 1 else {
      throw UsageError("no MTA: write milter config postfix or milter config sendmail")
    }
    guard let socket else { throw UsageError("no socket: give --socket SPEC") }
    var wish = MTALineWish(socket, name: filter)
    wish.timeouts = MTATimeouts(answerTime: answerTime)
    switch mta {
    case "postfix":
      try checkPostfix()
      let isNew = version.map(PostfixFeature.shutdown.isKnown) ?? false
      wish.defaultAction = defaultAction ?? (isNew ? .shutdown : .tempfail)
      let lines = PostfixLines(
        wish, queueDirectory: queueDirectory, isAlone: isAlone, explains: explains,
        more: releases + macros.map(\.postfix))
      try StandardOutput.put(lines.text)
    case "sendmail":
      guard defaultAction != .quarantine, !isAlone else {
        let option = isAlone ? "--own-settings" : "--when-down quarantine"
        throw UsageError("\(option): Sendmail has no such setting")
      }
      wish.defaultAction = defaultAction ?? .tempfail
      let lines = SendmailLines(wish, explains: explains, more: macros.map(\.sendmail))
      try StandardOutput.put(lines.text)
    default: throw UsageError("\(mta): not postfix or sendmail")
    }
    return 0
  }

  /// The comment that names the releases for which the lines are, if not all releases know them.
  private var releases: [String] {
    guard version == nil, defaultAction == .shutdown else { return [] }
    return [
      "# Postfix knows shutdown since \(PostfixFeature.shutdown.releases); --mta-version checks that."
    ]
  }

  /// Throws an error for settings that this release of Postfix does not support.
  private func checkPostfix() throws(UsageError) {
    guard let version else { return }
    let wanted: [(isWanted: Bool, option: String, feature: PostfixFeature)] = [
      (defaultAction == .shutdown, "--when-down shutdown", .shutdown),
      (isAlone, "--own-settings", .ownSettings),
    ]
    for (isWanted, option, feature) in wanted where isWanted && !feature.isKnown(to: version) {
      throw UsageError(
        "\(option): Postfix \(version) does not know that; it came with \(feature.releases)")
    }
  }
}

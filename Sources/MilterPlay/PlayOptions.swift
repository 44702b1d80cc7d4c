package import MilterCommandLine
import MilterCore
package import MilterMTA

/// The options for playing messages to a filter.
package struct PlayOptions: Sendable {
  /// The simulated MTA.
  package var profile = MTAProfile.libmilterReference
  /// The sender; `nil` for the one in the message's header.
  package var sender: String?
  /// The recipients; empty for those in the message's header.
  package var recipients: [String] = []
  /// The name in HELO; `nil` to use the client's name.
  package var helo: String?
  /// The client; `nil` for `client.example.org`.
  var client: PlayedClient?
  /// Additional macros, with their names as on the wire.
  var macros: [(name: String, value: String)] = []
  /// The number of times that each message is played.
  package var repetitions = 1
  /// The number of connections at the same time.
  package var connections = 1
  /// The number of messages for each connection.
  package var messagesPerConnection = 1
  /// Whether each message is played twice on one connection, and differences are reported.
  package var playsTwice = false
  /// Whether the filter gets the line ends of the files, and not what the MTA would make of them.
  package var keepsLineEnds = false
  /// Whether outcomes are printed as JSON.
  package var isJSON = false
  /// Whether changes are printed in the order in which the filter requested them.
  package var showsPlan = false
  /// The directory for the resulting messages.
  package var outputDirectory: String?
  /// The file for the one resulting message.
  package var outputFile: String?

  /// Creates the default options.
  package init() {}

  /// The options for a program's table.
  package static let table = OptionTable<Self>([
    .init("profile", "MTA", "the MTA to play: \(profiles); default libmilter") { options, name in
      guard let profile = MTAProfile(named: name) else {
        throw UsageError("--profile \(name): not one of \(profiles)")
      }
      options.profile = profile
    },
    .init(
      "setting", "NAME=VALUE",
      "a setting of that MTA, such as force_mime_input_conversion=yes; repeatable, after --profile"
    ) { options, text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw UsageError("--setting \(text): not of the form NAME=VALUE")
      }
      if let reason = options.profile.set(String(parts[0]), to: String(parts[1])) {
        throw UsageError("--setting \(text): \(reason)")
      }
    },
    .init("from", "ADDRESS", "the envelope sender; default: from the message's header") {
      $0.sender = $1
    },
    .init("rcpt", "ADDRESS", "a recipient; repeatable; default: from the message's header") {
      $0.recipients.append($1)
    },
    .init("helo", "NAME", "the name in HELO; default: the client's name") {
      $0.helo = $1
    },
    .init(
      "client", "NAME[ADDR]", "the client, such as mail.example.net[2001:db8::1], or its address"
    ) { $0.client = try PlayedClient($1) },
    .init("macro", "NAME=VALUE", "a macro that the MTA sends; repeatable") {
      $0.macros.append(try macro($1))
    },
    .init("repeat", "N", "play each message N times") {
      $0.repetitions = try UsageError.number($1, "repeat", 1...1_000_000_000)
    },
    .init("connections", "N", "use N connections at the same time") {
      $0.connections = try UsageError.number($1, "connections", 1...Player.mostConnections)
    },
    .init("reuse", "N", "play up to N messages on a connection; default 1") {
      $0.messagesPerConnection = try UsageError.number($1, "reuse", 1...1_000_000_000)
    },
    .init(
      "twice", nil,
      "play each message twice on one connection and report differences; exit status 21 if any"
    ) { options, _ in options.playsTwice = true },
    .init(
      "raw-line-ends", nil,
      "send every CR and LF as it is in the file, whatever the MTA does about line ends"
    ) { options, _ in options.keepsLineEnds = true },
    .init("json", nil, "print one JSON object a line for each message") { options, _ in
      options.isJSON = true
    },
    .init("output", "DIR", "write the resulting messages to DIR") { $0.outputDirectory = $1 },
  ])

  /// The simulated MTA, with the macros of the options.
  ///
  /// A macro whose stage is unknown is sent as early as possible, for the whole connection.
  var playedProfile: MTAProfile {
    var profile = profile
    if keepsLineEnds { profile.intake.bareCR = .kept }
    let known = Set(
      profile.macros.lists.values.flatMap { $0.split(separator: " ").map(String.init) })
    for macro in macros where !known.contains(macro.name) {
      profile.macros.lists[.connect, default: ""] += " " + macro.name
    }
    return profile
  }

  /// Returns a message with the envelope of the options.
  func mail(_ message: MTAMessage) -> MTAMail {
    var mail = MTAMail(message)
    if let client { mail.envelope.setClient(client.host, client.address) }
    if let helo { mail.envelope.helo = Array(helo.utf8) }
    if let sender { mail.envelope.sender = Self.path(sender) }
    if !recipients.isEmpty { mail.envelope.recipients = recipients.map(Self.path) }
    for macro in macros { mail.envelope.macros[macro.name] = macro.value }
    return mail
  }

  private static let profiles = MTAProfile.all.map(\.name).joined(separator: ", ")

  /// Reads an address, and ESMTP arguments after a space.
  private static func path(_ text: String) -> MTAEnvelope.Path {
    let parts = text.split(separator: " ", maxSplits: 1)
    return .init(String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
  }

  private static func macro(_ text: String) throws(UsageError) -> (name: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let name = parts.first, !name.isEmpty else {
      throw UsageError("--macro \(text): not of the form NAME=VALUE")
    }
    return (MilterMacroName(String(name)).description, String(parts[1]))
  }
}

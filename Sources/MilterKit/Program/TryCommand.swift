import MilterCommandLine
import MilterClient
import MilterMTA
import MilterPlay
import MilterSystem

/// `--try`: plays messages to a filter, without an MTA, and reports the results.
///
/// The filter runs as it does under an MTA, on a thread of its own behind a socket; only the MTA is
/// played by this program.
struct TryCommand {
  private let type: MilterBase.Type
  private let options: ProgramOptions

  init(_ type: MilterBase.Type, _ options: ProgramOptions) {
    self.type = type
    self.options = options
  }

  /// Plays the messages of files to the filter.
  ///
  /// - Parameters:
  ///   - files: the files.
  ///   - prepare: prepares the filter. It is called after the log is open.
  /// - Returns: the exit status, which reports the verdict.
  /// - Throws: an error of `prepare`, or an error that describes what is wrong with the files.
  func run(files: [String], prepare: () throws -> Void) throws -> Int32 {
    var configuration = options.configuration
    let report = configuration.log
    if !options.isLogLevelGiven {
      configuration.log.level = type is MilterChain.Type ? .info : .warning
    }
    let type = type
    let server = try MilterServer(configuration: configuration) { type.init() }
    try prepare()
    CallbackReport(type).write(to: report)
    try server.start()
    defer { server.stop() }
    let timeout = configuration.timeout
    var play = options.play
    play.showsPlan = type is MessageMilter.Type
    let player = Player(type.name, play) { profile in
      var profile = profile
      profile.commandTimeout = timeout
      profile.contentTimeout = timeout
      return FilterConnection(try server.connect(), profile)
    }
    return try player.play(files)
  }
}

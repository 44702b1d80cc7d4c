import MilterCommandLine
import MilterClient
import MilterMTA
import MilterPlay
import MilterSystem

/// `--try`: plays messages to a filter, without an MTA, and reports the results.
///
/// The filter runs as it does with an MTA, on a separate thread behind a socket. The program only simulates the
/// MTA.
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
  ///   - files: The files.
  ///   - prepare: Prepares the filter; called after the log is open.
  /// - Returns: The exit status for the verdict.
  /// - Throws: An error of `prepare`, or an error that describes the mistake in the files.
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

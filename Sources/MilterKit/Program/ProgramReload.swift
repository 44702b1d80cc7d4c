import MilterCommandLine
import MilterRuntime
import MilterSystem

/// The effect of SIGHUP on a filter program: it reads the settings again.
///
/// All settings apply to later connections. If one of them is wrong, none applies.
final class ProgramReload: Sendable {
  private let type: MilterBase.Type
  private let arguments: [String]
  /// The options with which the program was started.
  private let former: [OptionTable<ProgramOptions>.Given]
  private let log: MilterLog
  /// Whether mail is filtered in shadow mode.
  private let shadow: SystemMutex<Bool>
  private let reconfigure = SystemMutex<(@Sendable (MilterConfiguration) -> Void)?>(nil)

  /// - Parameters:
  ///   - type: The filter's class.
  ///   - arguments: The command line, which does not change.
  ///   - options: The options from the start.
  ///   - log: The log for options that apply after a restart.
  init(_ type: MilterBase.Type, _ arguments: [String], _ options: ProgramOptions, log: MilterLog) {
    self.type = type
    self.arguments = arguments
    former = options.given
    shadow = SystemMutex(options.configuration.shadow)
    self.log = log
  }

  /// Sets the server whose configuration changes.
  func attach(to server: MilterServer) {
    reconfigure.withLock { reconfigure in
      reconfigure = { [weak server] in server?.reconfigure($0) }
    }
  }

  /// Reads the settings.
  ///
  /// - Throws: An error that describes the mistake in the settings, or an error of the filter's `reload()`.
  func run() throws {
    let own = type.programOptions
    let (options, changed) = try ProgramOptions.again(
      arguments, own: own, name: type.name, environment: ServiceManager.environment,
      former: former)
    let changes = try options.changes(of: own)
    var configuration = options.configuration
    let epoch = SettingsEpoch()
    configuration.epoch = epoch
    // Until the end, only this code sees the new values.
    try SettingsEpoch.$ofConnection.withValue(epoch) {
      for change in changes { change() }
      try type.checkSettings()
      try type.reload()
    }
    reconfigure.withLock { $0 }?(configuration)
    epoch.begin()
    let isChanged = shadow.withLock { shadow in
      defer { shadow = configuration.shadow }
      return shadow != configuration.shadow
    }
    if isChanged { log.notice(Self.noteOfShadow(configuration.shadow)) }
    for name in changed { log.warning("\(name) has changed; restart the filter to apply this") }
  }

  /// The log line for the state of shadow mode.
  static func noteOfShadow(_ isOn: Bool) -> String {
    isOn
      ? "shadow mode: mail is neither changed nor refused"
      : "shadow mode is off: mail is changed and refused again"
  }
}

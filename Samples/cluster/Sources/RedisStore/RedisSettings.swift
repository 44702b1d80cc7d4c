public import MilterKit
import Synchronization

/// The settings for Redis: how to reach it, and what to do while it does not answer.
public struct RedisSettings: Sendable {
  /// The address where Redis listens.
  public var address: RedisAddress
  /// The user to log in as; `nil` for the default user.
  public var user: String?
  /// The password; `nil` to use Redis without a login.
  public var password: String?
  /// The prefix of every key.
  public var prefix = "milter:"
  /// The timeout of a new connection, in milliseconds.
  public var connectTimeout = 500
  /// The timeout of an answer, in milliseconds.
  public var timeout = 500
  /// The maximum number of connections.
  public var connections = 16
  /// Returns the action on mail while Redis does not answer.
  public var fallback: @Sendable () -> RedisFallback = { .accept }

  /// Creates settings with the defaults of the options.
  public init(_ address: RedisAddress) { self.address = address }
}

extension RedisSettings {
  private static let address = MilterSetting(
    "redis", argument: "SOCKET", default: RedisAddress.host("127.0.0.1", port: 6379),
    help: "the socket of Redis, a path or HOST:PORT; default 127.0.0.1:6379"
  ) { try RedisAddress($0) }
  private static let user = MilterSetting(
    "redis-user", argument: "NAME", help: "the user to log in as; default Redis' default user")
  private static let passwordFile = MilterSetting(
    "redis-password-file", argument: "FILE",
    help: "the file with the password")
  private static let prefix = MilterSetting(
    "redis-prefix", argument: "TEXT", default: "milter:", help: "the prefix of every key")
  private static let connectTimeout = MilterSetting(
    "redis-connect-timeout", argument: "MILLISECONDS", default: 500, in: 1...60_000,
    help: "the timeout of a new connection")
  private static let timeout = MilterSetting(
    "redis-timeout", argument: "MILLISECONDS", default: 500, in: 1...60_000,
    help: "the timeout of an answer")
  private static let connections = MilterSetting(
    "redis-connections", argument: "N", default: 16, in: 1...1000,
    help: "the maximum number of connections to Redis")
  private static let fallback = MilterSetting(
    "fallback", default: RedisFallback.accept,
    help: "the action on mail while Redis does not answer")

  private static let readPassword = Mutex<String?>(nil)

  /// The options of a program.
  ///
  /// Of these, a reload changes the fallback only.
  public static var options: [any MilterProgramOption] {
    let fixed: [any MilterProgramOption] = [
      address, user, passwordFile, prefix, connectTimeout, timeout, connections,
    ]
    return fixed.map(\.untilRestart) + [fallback]
  }

  /// The settings that the options specify.
  public static var current: Self {
    var settings = Self(address.value)
    settings.user = user.value.isEmpty ? nil : user.value
    settings.password = readPassword.withLock { $0 }
    settings.prefix = prefix.value
    settings.connectTimeout = connectTimeout.value
    settings.timeout = timeout.value
    settings.connections = connections.value
    settings.fallback = { fallback.value }
    return settings
  }

  /// The maximum duration of a decision, in seconds.
  ///
  /// A decision waits for a free connection, or makes one. It logs in, loads the script, and runs it.
  public static var answerTime: Int { (connectTimeout.value + 4 * timeout.value) / 1000 + 1 }

  /// Checks that the settings fit together.
  public static func check() throws(MilterUsageError) {
    guard user.value.isEmpty || !passwordFile.value.isEmpty else {
      throw MilterUsageError("--redis-user \(user.value): also give --redis-password-file")
    }
  }

  /// Reads the password, which is the first line of its file.
  public static func takePassword() throws {
    guard !passwordFile.value.isEmpty else { return }
    let text = try passwordFile.readFile()
    let line = text.prefix { !["\n", "\r", "\r\n"].contains($0) }
    guard !line.isEmpty else {
      throw RedisError("\(passwordFile.value): the first line has no password")
    }
    readPassword.withLock { $0 = String(line) }
  }
}

import Glibc
public import MilterKit
import Synchronization

/// How to reach Redis, and what to do without it.
public struct RedisSettings: Sendable {
  /// Where it listens.
  public var address: RedisAddress
  /// The user to log in as; `nil` for the default user.
  public var user: String?
  /// The password; `nil` to log in nowhere.
  public var password: String?
  /// What every key begins with.
  public var prefix = "milter:"
  /// How many milliseconds a connection may take to be made.
  public var connectTimeout = 500
  /// How many milliseconds an answer may take.
  public var timeout = 500
  /// The maximum number of connections.
  public var connections = 16
  /// What becomes of mail while Redis does not answer.
  public var fallback: @Sendable () -> RedisFallback = { .accept }

  /// Makes settings with the defaults of the options.
  public init(_ address: RedisAddress) { self.address = address }
}

extension RedisSettings {
  private static let address = MilterSetting(
    "redis", argument: "SOCKET", default: RedisAddress.host("127.0.0.1", port: 6379),
    help: "where Redis listens, a path or HOST:PORT; default 127.0.0.1:6379"
  ) { try RedisAddress($0) }
  private static let user = MilterSetting(
    "redis-user", argument: "NAME", help: "the user to log in as; default Redis' default user")
  private static let passwordFile = MilterSetting(
    "redis-password-file", argument: "FILE",
    help: "the file with the password")
  private static let prefix = MilterSetting(
    "redis-prefix", argument: "TEXT", default: "milter:", help: "what every key begins with")
  private static let connectTimeout = MilterSetting(
    "redis-connect-timeout", argument: "MILLISECONDS", default: 500, in: 1...60_000,
    help: "how long a connection may take to be made")
  private static let timeout = MilterSetting(
    "redis-timeout", argument: "MILLISECONDS", default: 500, in: 1...60_000,
    help: "how long an answer may take")
  private static let connections = MilterSetting(
    "redis-connections", argument: "N", default: 16, in: 1...1000,
    help: "most connections to Redis")
  private static let fallback = MilterSetting(
    "fallback", default: RedisFallback.accept,
    help: "what becomes of mail while Redis does not answer")

  private static let readPassword = Mutex<String?>(nil)

  /// The options of a program; a reload changes the fallback only.
  public static var options: [any MilterProgramOption] {
    let fixed: [any MilterProgramOption] = [
      address, user, passwordFile, prefix, connectTimeout, timeout, connections,
    ]
    return fixed.map(\.untilRestart) + [fallback]
  }

  /// The settings as the options set them.
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

  /// The longest time, in seconds, that a decision takes: to wait for a connection, to make one, to log in,
  /// to load the script, and to run it.
  public static var answerTime: Int { (connectTimeout.value + 4 * timeout.value) / 1000 + 1 }

  /// Throws if two settings do not fit together.
  public static func check() throws(MilterUsageError) {
    guard user.value.isEmpty || !passwordFile.value.isEmpty else {
      throw MilterUsageError("--redis-user \(user.value): give --redis-password-file, too")
    }
  }

  /// Reads the file with the password: its first line.
  public static func takePassword() throws {
    let path = passwordFile.value
    guard !path.isEmpty else { return }
    guard let file = fopen(path, "re") else {
      throw RedisError("\(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    guard fgets(&line, Int32(line.count), file) != nil else {
      throw RedisError("\(path): there is no password in it")
    }
    let bytes = line.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
    readPassword.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
  }
}

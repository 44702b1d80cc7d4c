import CHiredis
import Glibc

/// A connection that has loaded a script.
///
/// `@unchecked Sendable`: `RedisScript` gives a connection to one thread at a time.
final class RedisConnection: @unchecked Sendable {
  private let context: UnsafeMutablePointer<redisContext>
  private let settings: RedisSettings
  private let script: String
  private var hash = ""

  /// Connects, logs in, and loads the script.
  ///
  /// - Throws: `RedisError` if Redis cannot be reached, or refuses.
  init(_ settings: RedisSettings, script: String) throws(RedisError) {
    let limit = Self.time(settings.connectTimeout)
    let made =
      switch settings.address {
      case .path(let path): redisConnectUnixWithTimeout(path, limit)
      case .host(let host, let port): redisConnectWithTimeout(host, Int32(port), limit)
      }
    guard let made else { throw RedisError("no memory for a connection") }
    context = made
    self.settings = settings
    self.script = script
    guard made.pointee.err == 0 else { throw failure("connect", settings.connectTimeout) }
    _ = fcntl(made.pointee.fd, F_SETFD, FD_CLOEXEC)
    guard redisSetTimeout(made, Self.time(settings.timeout)) == REDIS_OK else {
      throw failure("set a timeout", settings.timeout)
    }
    if let password = settings.password {
      let login = [settings.user, password].compactMap { $0 }
      _ = try command(["AUTH"] + login)
    }
    guard case .text(let hash) = try command(["SCRIPT", "LOAD", script]) else {
      throw RedisError("SCRIPT LOAD: no hash")
    }
    self.hash = hash
  }

  deinit { redisFree(context) }

  /// Whether the connection is open, and Redis has sent nothing since the last answer.
  var isQuiet: Bool {
    var entry = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) == 0
  }

  /// Runs the script.
  func run(keys: [[UInt8]], _ arguments: [String]) throws(RedisError) -> RedisReply {
    let words = keys + arguments.map { Array($0.utf8) }
    func evaluate(_ name: String, _ script: String) throws(RedisError) -> RedisReply {
      try command([name, script, "\(keys.count)"].map { Array($0.utf8) } + words)
    }
    do throws(RedisError) {
      return try evaluate("EVALSHA", hash)
    } catch {
      // Redis no longer knows the script, for example after SCRIPT FLUSH. It has not run.
      guard error.description.hasPrefix("NOSCRIPT") else { throw error }
      return try evaluate("EVAL", script)
    }
  }

  private func command(_ words: [String]) throws(RedisError) -> RedisReply {
    try command(words.map { Array($0.utf8) })
  }

  private func command(_ words: [[UInt8]]) throws(RedisError) -> RedisReply {
    let bytes = words.flatMap { $0 }
    let raw = bytes.withUnsafeBufferPointer { buffer -> UnsafeMutableRawPointer? in
      var offset = 0
      var starts = words.map { word -> UnsafePointer<CChar>? in
        defer { offset += word.count }
        return buffer.baseAddress.map {
          UnsafeRawPointer($0 + offset).assumingMemoryBound(to: CChar.self)
        }
      }
      let lengths = words.map(\.count)
      return redisCommandArgv(context, Int32(words.count), &starts, lengths)
    }
    guard let raw else { throw failure("ask", settings.timeout) }
    defer { freeReplyObject(raw) }
    let reply = RedisReply(raw.assumingMemoryBound(to: redisReply.self).pointee)
    if case .error(let text) = reply { throw RedisError(text) }
    return reply
  }

  /// The error of hiredis.
  private func failure(_ step: String, _ limit: Int) -> RedisError {
    let number = errno
    let kind = context.pointee.err
    // hiredis 1.0 and later report a timeout as REDIS_ERR_TIMEOUT (6), and earlier versions by errno.
    let isTimeoutNumber = [EAGAIN, EINPROGRESS, ETIMEDOUT].contains(number)
    let isTimeout = kind == 6 || kind == REDIS_ERR_IO && isTimeoutNumber
    if isTimeout { return RedisError("\(step): no answer within \(limit) ms") }
    let text = withUnsafeBytes(of: context.pointee.errstr) { $0.prefix { $0 != 0 }.map { $0 } }
    return RedisError("\(step): \(String(decoding: text, as: UTF8.self))")
  }

  private static func time(_ milliseconds: Int) -> timeval {
    timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
  }
}

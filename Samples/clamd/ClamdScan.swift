import Foundation

/// The scan of one message: clamd's command INSTREAM on a connection for this message only.
final class ClamdScan {
  /// A failed scan.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    /// Whether the message is larger than `StreamMaxLength` in `clamd.conf`.
    var isSizeLimit: Bool { description.contains("size limit exceeded") }
  }

  private let socket: Int32
  private let timeout: Int
  /// The remaining time to wait for clamd, over all calls.
  ///
  /// Only waiting counts, and not the time between two calls.
  private var timeLeft: Duration

  /// Connects to clamd and starts a scan.
  ///
  /// - Parameters:
  ///   - address: clamd's socket, a path or `HOST:PORT`.
  ///   - timeout: The maximum wait for clamd in seconds, for the whole message.
  /// - Throws: ``Failure`` if clamd cannot be reached in this time.
  init(_ address: String, timeout: Int) throws {
    self.timeout = timeout
    let start = ContinuousClock.now
    socket = try ClamdAddress(address).openSocket(seconds: timeout)
    timeLeft = .seconds(timeout) - start.duration(to: .now)
    try Array("zINSTREAM\0".utf8).withUnsafeBytes { try transmit($0) }
  }

  deinit { close(socket) }

  /// Sends more of the message.
  func add(_ bytes: UnsafeRawBufferPointer) throws {
    guard !bytes.isEmpty else { return }
    try withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { try transmit($0) }
    try transmit(bytes)
  }

  /// Ends the message and waits for the result.
  ///
  /// - Returns: The name of the virus; `nil` for a clean message.
  func virus() throws -> String? {
    // A chunk of length zero ends the stream.
    try withUnsafeBytes(of: UInt32(0)) { try transmit($0) }
    let reply = try readReply()
    if reply == "stream: OK" { return nil }
    guard reply.hasPrefix("stream: "), reply.hasSuffix(" FOUND") else {
      throw Failure(description: "unexpected reply: \(reply)")
    }
    return String(reply.dropFirst("stream: ".count).dropLast(" FOUND".count))
  }

  private func transmit(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        // clamd replies at once to a message that is too large, and reads no more.
        let isReady = try wait(for: POLLOUT | POLLIN)
        guard isReady & POLLIN == 0 else { throw Failure(description: try readReply()) }
      } else if errno != EINTR {
        let reason = Self.reason
        throw Failure(description: (try? readReply()) ?? reason)
      }
    }
  }

  private func readReply() throws -> String {
    var reply: [UInt8] = []
    while reply.last != 0, reply.count < 1000 {
      _ = try wait(for: POLLIN)
      var byte: UInt8 = 0
      let count = recv(socket, &byte, 1, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count == 1 else { throw Failure(description: "no reply") }
      // The reply is used in logs and SMTP replies, which must not have control characters.
      let isPrintable = 0x20...0x7E ~= byte
      reply.append(byte == 0 || isPrintable ? byte : UInt8(ascii: "?"))
    }
    return String(decoding: reply.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Waits until the socket is ready for one of the events.
  ///
  /// - Returns: The events for which the socket is ready.
  /// - Throws: ``Failure`` if the time for clamd is over.
  private func wait(for events: Int32) throws -> Int32 {
    while timeLeft > .zero {
      let start = ContinuousClock.now
      var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, Int32(clamping: Self.milliseconds(timeLeft)))
      let isInterrupted = count < 0 && errno == EINTR
      timeLeft -= start.duration(to: .now)
      if count > 0 { return Int32(entry.revents) }
      guard count == 0 || isInterrupted else { throw Failure(description: Self.reason) }
    }
    throw Failure(description: "it took more than \(timeout) seconds")
  }

  /// A time in milliseconds, rounded up so that `poll` is not called again and again at the end.
  private static func milliseconds(_ time: Duration) -> Int64 {
    let (seconds, attoseconds) = time.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
  }

  private static var reason: String { String(cString: strerror(errno)) }
}

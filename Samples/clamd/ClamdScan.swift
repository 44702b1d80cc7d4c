import MilterPlatform

/// One message on its way through clamd: the command INSTREAM on a connection of its own.
final class ClamdScan {
  /// A failed scan.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    /// Whether clamd refuses the message for its size: `StreamMaxLength` in `clamd.conf`.
    var isAboutSize: Bool { description.contains("size limit exceeded") }
  }

  private let socket: Int32
  private let patience: Int
  /// How much longer clamd may be waited for, over all calls.
  ///
  /// Time between calls does not count: it is the MTA's.
  private var timeLeft: Duration

  /// Connects to a path or `HOST:PORT`, and begins.
  ///
  /// - Parameters:
  ///   - address: clamd's socket.
  ///   - patience: for how many seconds clamd may be waited for, over the whole message.
  /// - Throws: ``Failure`` if clamd cannot be reached in that time.
  init(_ address: String, patience: Int) throws {
    self.patience = patience
    let start = ContinuousClock.now
    socket = try ClamdAddress(address).connect(seconds: patience)
    timeLeft = .seconds(patience) - start.duration(to: .now)
    try Array("zINSTREAM\0".utf8).withUnsafeBytes { try write($0) }
  }

  deinit { close(socket) }

  /// Sends more of the message.
  func send(_ bytes: UnsafeRawBufferPointer) throws {
    guard !bytes.isEmpty else { return }
    try withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { try write($0) }
    try write(bytes)
  }

  /// Ends the message and waits for the result: the name of a virus, or nil for a clean message.
  func virus() throws -> String? {
    try withUnsafeBytes(of: UInt32(0)) { try write($0) }
    let reply = try reply()
    if reply == "stream: OK" { return nil }
    guard reply.hasPrefix("stream: "), reply.hasSuffix(" FOUND") else {
      throw Failure(description: "unexpected reply: \(reply)")
    }
    return String(reply.dropFirst("stream: ".count).dropLast(" FOUND".count))
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Self.system(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      if count > 0 {
        rest = .init(rebasing: rest[count...])
      } else if errno == EAGAIN {
        // It ends a message that is too long for it with a reply, and reads no more.
        guard try wait(POLLOUT | POLLIN) & POLLIN == 0 else {
          throw Failure(description: try reply())
        }
      } else if errno != EINTR {
        let reason = Self.reason
        throw Failure(description: (try? reply()) ?? reason)
      }
    }
  }

  private func reply() throws -> String {
    var reply: [UInt8] = []
    while reply.last != 0, reply.count < 1000 {
      _ = try wait(POLLIN)
      var byte: UInt8 = 0
      let count = recv(socket, &byte, 1, 0)
      if count < 0, errno == EAGAIN || errno == EINTR { continue }
      guard count == 1 else { throw Failure(description: "no reply") }
      // For logs and SMTP replies, without control characters.
      reply.append(byte == 0 || 0x20...0x7E ~= byte ? byte : UInt8(ascii: "?"))
    }
    return String(decoding: reply.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Waits until the socket is ready.
  ///
  /// - Returns: what it is ready for.
  /// - Throws: ``Failure`` when the time for clamd is over.
  private func wait(_ events: Int32) throws -> Int32 {
    while timeLeft > .zero {
      let start = ContinuousClock.now
      var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
      let (seconds, attoseconds) = timeLeft.components
      // Rounded up, so that the last millisecond is not spent asking.
      let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
      let count = poll(&entry, 1, Int32(clamping: milliseconds))
      let isInterrupted = count < 0 && errno == EINTR
      timeLeft -= start.duration(to: .now)
      if count > 0 { return Int32(entry.revents) }
      guard count == 0 || isInterrupted else { throw Failure(description: Self.reason) }
    }
    throw Failure(description: "it took more than \(patience) seconds")
  }

  private static let system = send(_:_:_:_:)
  private static var reason: String { String(cString: strerror(errno)) }
}

import Glibc
import MilterSystem
import MilterProcessFixtures

/// The MTA's end of a connection, which never blocks without a limit and reads while it writes.
final class Channel {
  private let socket: Socket
  private let deadline: ContinuousClock.Instant
  /// All received bytes.
  private(set) var received: [UInt8] = []
  /// Whether the filter has closed its end.
  private(set) var isClosed = false
  private var cursor = 0

  init(_ spec: SocketSpec, within limit: Duration) throws {
    socket = try Socket.connect(to: spec, milliseconds: 120_000)
    _ = fcntl(socket.descriptor, F_SETFL, fcntl(socket.descriptor, F_GETFL) | O_NONBLOCK)
    deadline = .now + limit
  }

  private var descriptor: Int32 { socket.descriptor }

  /// Sends bytes, which are lost if the filter has closed the connection, as with an MTA.
  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count && !isClosed {
      let count = bytes.withUnsafeBytes { all in
        Glibc.send(
          descriptor, all.baseAddress.map { $0 + sent }, all.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: Int16(POLLIN | POLLOUT))
      } else if errno == EPIPE || errno == ECONNRESET {
        break
      } else if errno != EINTR {
        throw HarnessError.system("send")
      }
    }
  }

  /// Waits until the filter has read everything.
  ///
  /// A Unix socket counts the bytes that its peer has not read. On other sockets, this does
  /// nothing.
  func drain() throws {
    while !isClosed {
      var unread: Int32 = 0
      guard ioctl(descriptor, UInt(TIOCOUTQ), &unread) == 0, unread > 0 else { return }
      try wait(for: Int16(POLLIN), milliseconds: 1)
    }
  }

  /// Waits for a moment, and reads meanwhile.
  func pause(milliseconds: Int32) throws {
    if !isClosed { try wait(for: Int16(POLLIN), milliseconds: milliseconds) }
  }

  /// Closes our side for writing.
  func finish() throws {
    try? socket.shutdown(.writing)
  }

  /// Reads until the filter closes the connection.
  func readToEnd() throws {
    while !isClosed { try wait(for: Int16(POLLIN)) }
  }

  /// Reads until `sign` is the last packet or the one before it, or until the end; returns whether
  /// `sign` came.
  func read(until sign: [UInt8]) throws -> Bool {
    while true {
      let last = received.suffix(sign.count + 5)
      if last.indices.contains(where: { last[$0...].starts(with: sign) }) { return true }
      if isClosed { return false }
      try wait(for: Int16(POLLIN))
    }
  }

  /// Returns the next complete packet; `nil` at the end.
  func nextPacket() throws -> Packet? {
    while true {
      let rest = received[cursor...]
      if rest.count >= 5 {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        if length >= 1, rest.count >= 4 + length {
          var packet = Packet("?")
          packet.command = rest[cursor + 4]
          packet.data = Array(rest[(cursor + 5)..<(cursor + 4 + length)])
          cursor += 4 + length
          return packet
        }
      }
      if isClosed { return nil }
      try wait(for: Int16(POLLIN))
    }
  }

  private func wait(for events: Int16, milliseconds: Int32 = 1000) throws {
    guard ContinuousClock.now < deadline else { throw Hung() }
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    guard poll(&entry, 1, milliseconds) > 0 else { return }
    if entry.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { readAvailable() }
  }

  private func readAvailable() {
    withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { room in
      while true {
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        if count > 0 {
          received.append(contentsOf: UnsafeRawBufferPointer(room)[..<count])
        } else if count < 0 && errno == EAGAIN {
          return
        } else if count == 0 || errno != EINTR {
          // A Unix socket that is closed with unread bytes ends the connection with ECONNRESET.
          isClosed = true
          return
        }
      }
    }
  }

  /// An error: the filter neither replied nor closed the connection.
  struct Hung: Error {}
}

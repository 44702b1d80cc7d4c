import MilterSystem

/// The MTA's side of a conversation: a socket, or memory.
enum MTALink {
  case socket(Socket)
  case memory(MemoryLink)

  /// Whether the peer may hold small packets back until its earlier ones are acknowledged.
  var isTCP: Bool {
    guard case .socket(let socket) = self else { return false }
    return (try? socket.localAddress)?.family != .unix
  }

  /// Reads the bytes that have arrived, or waits for bytes during the receive timeout.
  @inline(__always)
  func read(
    into buffer: UnsafeMutableRawBufferPointer, waits: Bool
  ) throws(SocketError) -> ReadResult {
    switch self {
    case .socket(let socket): try socket.read(into: buffer, waits: waits)
    case .memory(let memory): memory.read(into: buffer)
    }
  }

  /// Writes bytes without waiting, and returns their number.
  @inline(__always)
  func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int {
    switch self {
    case .socket(let socket): try socket.writeAvailable(bytes)
    case .memory(let memory): memory.write(bytes)
    }
  }

  /// Waits until more bytes can be written; returns `false` if the time is over.
  func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool {
    guard case .socket(let socket) = self else { return true }
    return try !Poll.wait(socket.descriptor, .writable, milliseconds: milliseconds).isEmpty
  }

  /// Acknowledges the input at once, instead of together with the next output; for TCP only.
  func confirm() throws(SocketError) {
    if case .socket(let socket) = self { try socket.confirm() }
  }
}

import Foundation
import MilterSystem
import MilterProcessFixtures

/// A service manager's end of NOTIFY_SOCKET, or of another datagram socket.
final class NotifySocket {
  let path: String
  private let descriptor: Int32

  convenience init(in directory: ScratchDirectory) throws {
    try self.init(at: directory.path + "/notify")
  }

  init(at path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let result = try SocketAddress(path: path).withSockAddr { bind(descriptor, $0, $1) }
    guard result == 0 else { throw POSIXError(.EADDRINUSE) }
  }

  deinit { close(descriptor) }

  /// The next message; empty if none comes.
  func next() throws -> String {
    guard try Poll.wait(descriptor, .readable, milliseconds: 60_000) != [] else { return "" }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
  }

  /// The next message that is no sign of life.
  func nextEvent() throws -> String {
    while true {
      let message = try next()
      if message != "WATCHDOG=1" { return message }
    }
  }
}

import Foundation
import MilterFilterFixtures
import MilterProcessFixtures
import MilterSystem

/// The service manager's side of NOTIFY_SOCKET, or of another datagram socket.
///
/// A thread reads the messages as they arrive, because the system keeps only a few of them.
final class NotifySocket {
  let path: String
  private let descriptor: Int32
  private let messages = Journal()
  private var taken = 0

  convenience init(in directory: ScratchDirectory) throws {
    try self.init(at: directory.path + "/notify")
  }

  init(at path: String) throws {
    self.path = path
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    let result = try SocketAddress(path: path).withSockAddr { bind(descriptor, $0, $1) }
    guard result == 0 else { throw HarnessError.system(path) }
    Thread.detachNewThread { [descriptor, messages] in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
        messages.note(String(decoding: buffer[..<count], as: UTF8.self))
      }
      close(descriptor)
    }
  }

  /// Ends the thread, which closes the socket.
  deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Returns the next message; throws an error if none arrives.
  func next() throws -> String {
    let message = try poll(for: "a message to \(path)") { messages.all.dropFirst(taken).first }
    taken += 1
    return message
  }

  /// Returns the next message other than WATCHDOG=1.
  func nextEvent() throws -> String {
    while true {
      let message = try next()
      if message != "WATCHDOG=1" { return message }
    }
  }
}

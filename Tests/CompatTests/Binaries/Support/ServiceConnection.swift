import MilterSystem
import MilterProcessFixtures

/// A filter's connection to a service that the test plays.
final class ServiceConnection {
  private let socket: Socket
  private var unread: [UInt8] = []

  /// Takes over a connection.
  init(_ socket: Socket) {
    self.socket = socket
  }

  /// Returns the bytes before the next `end`; `nil` if the filter has closed its side before.
  func read(to end: String) throws -> String? {
    let end = Array(end.utf8)
    while true {
      for start in unread.indices where unread[start...].starts(with: end) {
        defer { unread.removeSubrange(..<(start + end.count)) }
        return String(decoding: unread[..<start], as: UTF8.self)
      }
      guard try readMore() else { return nil }
    }
  }

  /// Reads exactly `count` bytes.
  func read(count: Int) throws -> [UInt8] {
    while unread.count < count {
      guard try readMore() else { throw HarnessError("the filter closed the connection") }
    }
    defer { unread.removeSubrange(..<count) }
    return Array(unread[..<count])
  }

  /// Returns all bytes until the filter closes its side.
  func readToEnd() throws -> [UInt8] {
    while try readMore() {}
    return unread
  }

  /// Sends an answer.
  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try socket.write(all: $0) }
  }

  /// Sends an answer.
  func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  private func readMore() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    switch try buffer.withUnsafeMutableBytes({ try socket.read(into: $0) }) {
    case .bytes(let count): unread += buffer[..<count]
    case .endOfStream: return false
    case .wouldBlock: throw HarnessError("the filter sent nothing for a minute")
    }
    return true
  }
}

import Foundation
import Glibc
import MilterSystem

/// A program on a port that sends fixed bytes on each connection: not a filter, or an unusual filter.
final class RawPeer: Sendable {
  /// The program's behavior.
  struct Behavior: Hashable, Sendable {
    /// The bytes that it sends as soon as a client connects.
    var greeting: [UInt8] = []
    /// The bytes that it sends after the client's first bytes.
    var answer: [UInt8] = []
    /// Whether it then closes the connection.
    var closes = false
    /// Whether it then replies continue at each step, and adds a filter's trace at the end of the message.
    var isFilter = false

    /// A filter with its own reply to the negotiation.
    static func filter(version: UInt32, actions: UInt32, steps: UInt32) -> Self {
      let words = [version, actions, steps].flatMap { word in
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
      }
      return Self(answer: RawPeer.frame("O", words), isFilter: true)
    }
  }

  private let listener: ListeningSocket

  /// Starts the program on a free port of 127.0.0.1.
  init(_ behavior: Behavior) throws {
    let listener = try ListeningSocket(SocketSpec("inet:0@127.0.0.1"))
    self.listener = listener
    Thread.detachNewThread {
      while let events = try? Poll.wait(listener.descriptor, .readable, milliseconds: 600_000),
        !events.contains(.hangup)
      {
        guard let found = try? listener.accept() else { continue }
        Thread.detachNewThread { Self.serve(found, behavior) }
      }
      listener.close()
    }
  }

  deinit { stop() }

  /// The port.
  var port: UInt16 { listener.localAddress.port ?? 0 }

  /// Stops listening.
  func stop() { _ = shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  private static func serve(_ socket: Socket, _ behavior: Behavior) {
    defer { socket.close() }
    func send(_ bytes: [UInt8]) { try? bytes.withUnsafeBytes { try socket.write(all: $0) } }
    var buffer = [UInt8](repeating: 0, count: 1000)
    func receive() -> ArraySlice<UInt8>? {
      let result = try? buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
      guard case .bytes(let count)? = result else { return nil }
      return buffer[..<count]
    }
    send(behavior.greeting)
    guard receive() != nil else { return }
    send(behavior.answer)
    if behavior.closes { return }
    var input: [UInt8] = []
    while let bytes = receive() {
      guard behavior.isFilter else { continue }
      input += bytes
      while let command = nextCommand(&input) {
        if command == "E" { send(frame("h", Array("\(TracingFilter.trace)\0yes\0".utf8))) }
        // The MTA expects no reply to macros, abort, and quit.
        if !["D", "A", "Q"].contains(command) { send(frame("c", [])) }
      }
    }
  }

  private static func frame(_ code: Unicode.Scalar, _ payload: [UInt8]) -> [UInt8] {
    let length = payload.count + 1
    return [0, 0, UInt8(length >> 8), UInt8(length & 0xff), UInt8(ascii: code)] + payload
  }

  /// Removes the first packet from the input, and returns its code; `nil` if the packet is incomplete.
  private static func nextCommand(_ input: inout [UInt8]) -> Unicode.Scalar? {
    guard input.count > 4 else { return nil }
    let length = input[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard input.count >= 4 + length else { return nil }
    defer { input.removeFirst(4 + length) }
    return Unicode.Scalar(input[4])
  }
}

import Foundation
import MilterCore
import MilterProcessFixtures
import MilterSystem

/// The MTA's side of a connection to `Tests/Programs/ThreadedFilter`, which checks each received
/// byte.
///
/// Three threads of the filter make the same series of changes at the end of each message, and two
/// of them also call functions at any time. Frames must be complete, each thread's frames in the
/// order of its calls, the frames of one call together, and all of them before the verdict on the
/// message.
final class ThreadedConversation {
  private let socket: Socket
  private var bytes = [UInt8](repeating: 0, count: 1 << 18)
  private var unread = 0..<0

  private static let continued: ArraySlice<UInt8> = [UInt8(ascii: "c")]
  private static let progress: ArraySlice<UInt8> = [UInt8(ascii: "p")]

  init(to socket: String) throws {
    self.socket = try Socket.connect(to: SocketSpec(socket), milliseconds: 30_000)
    try self.socket.setReceiveTimeout(milliseconds: 120_000)
    try self.socket.setSendTimeout(milliseconds: 120_000)
  }

  /// Plays a whole connection with the messages of these numbers.
  func play(_ messages: Range<Int>) throws {
    try send([.negotiate(), .connect("client.example.org", "4", 25, "192.0.2.25"), .helo("client")])
    try expect(UInt8(ascii: "O"))
    for _ in 1...2 { try expectContinue() }
    for message in messages { try play(message) }
    try send([.quit])
    socket.close()
  }

  private func play(_ message: Int) throws {
    try send([
      .macros("M", "i", "\(message)"), .mail("<sender@example.org>"),
      .rcpt("<recipient@example.net>"), .data, .header("Subject", "threads"), .endOfHeaders,
      .body("text\r\n"), .end,
    ])
    for _ in 1...6 { try expectContinue() }
    var series = (0...2).map { Self.series(of: $0, message)[...] }
    var signs = 0
    while true {
      let frame = try next()
      if let thread = series.indices.first(where: {
        series[$0].first?.first.map { $0[...] } == frame
      }) {
        for rest in series[thread].removeFirst().dropFirst() where try next() != rest[...] {
          throw HarnessError("something came between two chunks of a body")
        }
      } else if frame == Self.continued {
        break
      } else if frame == Self.progress {
        signs += 1
      } else if !Self.isDisturbance(frame) {
        throw Self.unexpected(frame, in: message)
      }
    }
    guard series.allSatisfy(\.isEmpty), signs >= series.count else {
      throw HarnessError("message \(message) has its verdict before all of its changes")
    }
  }

  /// Returns the frames of one thread's changes, call by call, without progress replies, which are
  /// all the same.
  private static func series(of thread: Int, _ message: Int) -> [[[UInt8]]] {
    let text = "<\(thread).\(message)>"
    func frame(_ code: Character, _ index: Int? = nil, _ strings: String...) -> [[UInt8]] {
      [
        Array("\(code)".utf8) + (index.map { UInt32($0).bytes } ?? [])
          + Array(strings.terminated.utf8)
      ]
    }
    let filler = UInt8(ascii: "0") + UInt8(thread)
    let isLong = message % 64 == 0
    let body =
      isLong
      ? [65_535, 4_465].map { Array("b".utf8) + [UInt8](repeating: filler, count: $0) }
      : [Array("b\(text)".utf8)]
    return [
      frame("h", nil, "X-Add", text), frame("i", thread, "X-Insert", text),
      frame("m", thread + 1, "X-Change", text), frame("e", nil, text), frame("+", nil, text),
      frame("2", nil, text, "NOTIFY=NEVER"), frame("-", nil, text), body, frame("q", nil, text),
    ]
  }

  /// Returns whether a frame is one that the filter's threads send at any time.
  private static func isDisturbance(_ frame: ArraySlice<UInt8>) -> Bool {
    frame == Self.progress || String(decoding: frame, as: UTF8.self).contains("X-Any-Time")
  }

  private func expectContinue() throws {
    while true {
      let frame = try next()
      if frame == Self.continued { return }
      guard Self.isDisturbance(frame) else { throw Self.unexpected(frame, in: nil) }
    }
  }

  private func expect(_ code: UInt8) throws {
    let frame = try next()
    guard frame.first == code else { throw Self.unexpected(frame, in: nil) }
  }

  private static func unexpected(_ frame: ArraySlice<UInt8>, in message: Int?) -> HarnessError {
    let text = String(decoding: frame.prefix(100), as: UTF8.self)
    return HarnessError("unexpected in message \(message.map { "\($0)" } ?? "none"): \(text)")
  }

  private func send(_ packets: [Packet]) throws {
    try packets.flatMap(\.bytes).withUnsafeBytes { try socket.write(all: $0) }
  }

  /// Returns the code and the payload of the next frame.
  private func next() throws -> ArraySlice<UInt8> {
    try need(4)
    let start = unread.lowerBound
    let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    guard 1...65_536 ~= length else { throw HarnessError("a frame of length \(length)") }
    try need(4 + length)
    let frame = unread.lowerBound + 4..<unread.lowerBound + 4 + length
    unread = frame.upperBound..<unread.upperBound
    return bytes[frame]
  }

  /// Reads until `count` bytes are available.
  private func need(_ count: Int) throws {
    while unread.count < count {
      if bytes.count - unread.lowerBound < count {
        bytes.replaceSubrange(0..<unread.count, with: bytes[unread])
        unread = 0..<unread.count
      }
      let result = try bytes.withUnsafeMutableBytes { all in
        try socket.read(into: UnsafeMutableRawBufferPointer(rebasing: all[unread.upperBound...]))
      }
      switch result {
      case .bytes(let more): unread = unread.lowerBound..<unread.upperBound + more
      case .endOfStream: throw HarnessError("the filter has closed the connection")
      case .wouldBlock: throw HarnessError("the filter sent nothing for two minutes")
      }
    }
  }
}

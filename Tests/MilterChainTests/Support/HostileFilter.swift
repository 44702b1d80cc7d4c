import Foundation
import MilterCore
import MilterSystem
import Synchronization

/// A filter behind a Unix socket that does something wrong in one step.
final class HostileFilter: Sendable {
  /// What it does.
  enum Deed: Sendable, CaseIterable {
    case garbage, silence, hangUp, hugeFrame, unaskedChange, endlessReplies

    /// What it sends; `nil` to close the connection.
    var bytes: [UInt8]? {
      switch self {
      case .garbage: [0, 0, 0, 3] + Array("???".utf8)
      case .silence: []
      case .hangUp: nil
      case .hugeFrame: [0xFF, 0xFF, 0xFF, 0xFF] + Array("cc".utf8)
      case .unaskedChange: [0, 0, 0, 5] + Array("hX\0v\0".utf8) + [0, 0, 0, 1] + Array("c".utf8)
      case .endlessReplies: [[UInt8]](repeating: [0, 0, 0, 1, 0x63], count: 500).flatMap(\.self)
      }
    }
  }

  /// What it sends at its step.
  private enum Answer: Sendable {
    /// Bytes, or the end of the connection.
    case once([UInt8]?)
    /// Bytes again and again, until they are not taken any more.
    case forever([UInt8])
  }

  let path: String
  private let socket: ListeningSocket
  private let isStopped = Atomic<Bool>(false)

  convenience init(_ deed: Deed, at step: MTACommandCode) throws {
    try self.init(.once(deed.bytes), step, badConnections: .max)
  }

  /// Replies as it should, on the first connections except for one step.
  convenience init(
    replies: [FilterReply], at step: MTACommandCode, badConnections: Int = .max
  ) throws {
    try self.init(.once(replies.flatMap(\.bytes)), step, badConnections: badConnections)
  }

  /// Sends the same reply to one step until the MTA has had enough.
  convenience init(endless reply: FilterReply, at step: MTACommandCode) throws {
    let bytes = [[UInt8]](repeating: reply.bytes, count: 100).flatMap(\.self)
    try self.init(.forever(bytes), step, badConnections: .max)
  }

  /// Closes the first connections at a step, for which it wants something else than later.
  convenience init(
    hangingUpAt step: MTACommandCode, badConnections: Int, firstWanting options: MilterOptions
  ) throws {
    try self.init(.once(nil), step, badConnections: badConnections, options)
  }

  private init(
    _ answer: Answer, _ step: MTACommandCode, badConnections: Int,
    _ options: MilterOptions = HostileFilter.ordinary
  ) throws {
    path = NSTemporaryDirectory() + "/hostile-\(UUID().uuidString.prefix(8)).sock"
    socket = try ListeningSocket(SocketSpec("unix:\(path)"), options: .init(mode: 0o600))
    Thread.detachNewThread { [self] in
      var count = 0
      while !isStopped.load(ordering: .relaxed) {
        let events = try? Poll.wait(socket.descriptor, .readable, milliseconds: 50)
        guard events?.isEmpty == false, let connection = try? socket.accept() else { continue }
        count += 1
        let isBad = count <= badConnections
        try? Self.serve(
          connection, answer, isBad ? step : nil, isBad ? options : Self.ordinary)
      }
    }
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    unlink(path)
  }

  private static func serve(
    _ connection: Socket, _ hostile: Answer, _ step: MTACommandCode?, _ options: MilterOptions
  ) throws {
    var decoder = FrameDecoder()
    var result = ReadResult.endOfStream
    repeat {
      let bytes = try [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        result = try connection.read(into: UnsafeMutableRawBufferPointer(buffer))
        if case .bytes(let read) = result { count = read }
      }
      decoder.append(bytes)
      while let frame = try decoder.next() {
        guard let code = MTACommandCode(rawValue: frame.code), code != .macro else { continue }
        if code == .quit { return }
        switch code == step ? hostile : .once(answer(to: code, options)) {
        case .once(nil): return
        case .once(let answer?): try answer.withUnsafeBytes { try connection.write(all: $0) }
        case .forever(let answer):
          while true { try answer.withUnsafeBytes { try connection.write(all: $0) } }
        }
      }
    } while result != .endOfStream
  }

  private static let ordinary = MilterOptions(actions: .all, steps: [])

  private static func answer(to code: MTACommandCode, _ options: MilterOptions) -> [UInt8] {
    switch code {
    case .negotiate: FilterReply.negotiate(.init(options: options)).bytes
    case .macro, .abort, .quit, .quitNewConnection: []
    default: FilterReply.continue.bytes
    }
  }
}

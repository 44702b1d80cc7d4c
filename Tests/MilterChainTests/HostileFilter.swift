import Foundation
import MilterCore
import MilterSystem
import Synchronization

/// A filter behind a Unix socket that does something wrong in one step.
final class HostileFilter: Sendable {
  /// What it does.
  enum Deed: Sendable, CaseIterable {
    case garbage, silence, hangUp, hugeFrame, unaskedChange, endlessReplies

    /// What it sends; nil to close the connection.
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

  let path: String
  private let socket: ListeningSocket
  private let isStopped = Atomic<Bool>(false)

  init(_ deed: Deed, at step: MTACommandCode) throws {
    path = NSTemporaryDirectory() + "/hostile-\(UUID().uuidString.prefix(8)).sock"
    socket = try ListeningSocket(SocketSpec("unix:\(path)"), options: .init(mode: 0o600))
    Thread.detachNewThread { [self] in
      while !isStopped.load(ordering: .relaxed) {
        let events = try? Poll.wait(socket.descriptor, .readable, milliseconds: 50)
        guard events?.isEmpty == false, let connection = try? socket.accept() else { continue }
        try? Self.serve(connection, deed, step)
      }
    }
  }

  func stop() {
    isStopped.store(true, ordering: .relaxed)
    unlink(path)
  }

  private static func serve(_ connection: Socket, _ deed: Deed, _ step: MTACommandCode) throws {
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
        let answer = code == step ? deed.bytes : Self.answer(to: code)
        guard let answer else { return }
        try answer.withUnsafeBytes { try connection.write(all: $0) }
      }
    } while result != .endOfStream
  }

  private static func answer(to code: MTACommandCode) -> [UInt8] {
    switch code {
    case .negotiate:
      FilterReply.negotiate(.init(options: .init(actions: .all, steps: []))).bytes
    case .macro, .abort, .quit, .quitNewConnection: []
    default: FilterReply.continue.bytes
    }
  }
}

import MilterFilterFixtures
import Foundation
import MilterCore
import MilterSystem
import Synchronization

/// A filter that sends the given replies, valid or not, and records the commands it gets.
///
/// It is not built on the library, which would not send most of them.
final class RawFilter: Sendable {
  /// The commands that came, by name, macros left out; the end of each connection is `end`.
  let journal = Journal()
  private let socket: ListeningSocket
  private let replies: [MTACommandCode: [FilterReply]]
  private let lost: MTACommandCode?
  private let isStopped = Atomic<Bool>(false)

  /// Listens.
  ///
  /// - Parameters:
  ///   - path: The Unix socket.
  ///   - replies: What to reply to commands; continue to all others.
  ///   - lost: The command at which it closes the connection.
  /// - Throws: When it cannot listen there.
  init(
    on path: String, _ replies: [MTACommandCode: [FilterReply]] = [:],
    closingAt lost: MTACommandCode? = nil
  ) throws {
    self.replies = replies
    self.lost = lost
    socket = try ListeningSocket(SocketSpec("unix:\(path)"), options: .init(mode: 0o666))
    Thread.detachNewThread { [self] in serve() }
  }

  /// Ends it.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  private func serve() {
    while !isStopped.load(ordering: .relaxed) {
      let events = try? Poll.wait(socket.descriptor, .readable, milliseconds: 100)
      guard events?.isEmpty == false, let connection = try? socket.accept() else { continue }
      Thread.detachNewThread { [self] in
        try? serve(connection)
        journal.note("end")
      }
    }
  }

  private func serve(_ connection: Socket) throws {
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
        journal.note("\(code)")
        let bytes = code == lost ? [] : answer(to: code).flatMap(\.bytes)
        try bytes.withUnsafeBytes { try connection.write(all: $0) }
        if code == .quit || code == lost { return }
      }
    } while result != .endOfStream
  }

  private func answer(to code: MTACommandCode) -> [FilterReply] {
    if let replies = replies[code] { return replies }
    switch code {
    case .negotiate:
      return [.negotiate(.init(options: .init(actions: .all, steps: .skip)))]
    case .macro, .abort, .quit, .quitNewConnection: return []
    default: return [.continue]
    }
  }
}

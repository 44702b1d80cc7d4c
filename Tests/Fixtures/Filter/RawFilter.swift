import Foundation
package import MilterCore
import MilterSystem
import Synchronization

/// A filter on a Unix socket that sends the given bytes, valid or not, and records the commands it
/// gets.
///
/// It does not use the library, which would not send most of these bytes.
package final class RawFilter: Sendable {
  /// The filter's answer to a command.
  package enum Answer: Sendable {
    /// Sends bytes, or nothing.
    case bytes([UInt8])
    /// Sends bytes repeatedly until the MTA no longer reads them.
    case endless([UInt8])
    /// Closes the connection.
    case end

    /// Sends replies.
    package static func replies(_ replies: [FilterReply]) -> Self {
      .bytes(replies.flatMap(\.bytes))
    }
  }

  /// The filter's negotiation and answers on a connection; other commands get continue.
  package struct Behavior: Sendable {
    let options: MilterOptions
    let answers: [MTACommandCode: Answer]

    package init(
      wanting options: MilterOptions = .init(actions: .all, steps: []),
      _ answers: [MTACommandCode: Answer] = [:]
    ) {
      self.options = options
      self.answers = answers
    }

    func answer(to code: MTACommandCode) -> Answer {
      if let answer = answers[code] { return answer }
      switch code {
      case .negotiate: return .replies([.negotiate(.init(options: options))])
      case .macro, .abort, .quit, .quitNewConnection: return .bytes([])
      default: return .replies([.continue])
      }
    }
  }

  /// The path of the filter's socket.
  package let path: String
  /// The names of the received commands, without macros; the end of each connection is `end`.
  package let journal = Journal()
  private let socket: ListeningSocket
  private let isStopped = Atomic<Bool>(false)

  /// Starts listening.
  ///
  /// - Parameters:
  ///   - path: The Unix socket; `nil` for one in the temporary directory.
  ///   - behavior: The filter's behavior on its first connections.
  ///   - connections: The number of these connections. On all others, the filter asks for all
  ///     actions and replies continue.
  /// - Throws: An error if the filter cannot listen on the socket.
  package init(
    on path: String? = nil, _ behavior: Behavior, connections: Int = .max
  ) throws {
    self.path = path ?? NSTemporaryDirectory() + "/raw-\(UUID().uuidString.prefix(8)).sock"
    socket = try ListeningSocket(SocketSpec("unix:\(self.path)"), options: .init(mode: 0o666))
    Thread.detachNewThread { [self] in
      var count = 0
      while !isStopped.load(ordering: .relaxed) {
        let events = try? Poll.wait(socket.descriptor, .readable, milliseconds: 50)
        guard events?.isEmpty == false, let connection = try? socket.accept() else { continue }
        count += 1
        let current = count <= connections ? behavior : Behavior()
        Thread.detachNewThread { [self] in
          try? serve(connection, current)
          journal.note("end")
        }
      }
    }
  }

  /// Ends the filter.
  package func stop() {
    isStopped.store(true, ordering: .relaxed)
    unlink(path)
  }

  private func serve(_ connection: Socket, _ behavior: Behavior) throws {
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
        switch behavior.answer(to: code) {
        case .bytes(let bytes): try connection.write(bytes)
        case .endless(let bytes): while true { try connection.write(bytes) }
        case .end: return
        }
        if code == .quit { return }
      }
    } while result != .endOfStream
  }
}

extension Socket {
  /// Writes all bytes.
  fileprivate func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write(all: $0) }
  }
}

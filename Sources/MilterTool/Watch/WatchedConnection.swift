import Dispatch
import MilterCore
import MilterSystem

/// A connection between an MTA and a filter that passes through this program.
///
/// Bytes are passed on as they arrive; their meaning is only observed.
final class WatchedConnection: Sendable {
  private let number: Int
  private let mta: Socket
  private let filter: Socket
  private let journal: WatchJournal
  private let group = DispatchGroup()
  private let over = DispatchSemaphore(value: 0)

  init(_ number: Int, mta: Socket, filter: Socket, _ journal: WatchJournal) {
    self.number = number
    self.mta = mta
    self.filter = filter
    self.journal = journal
  }

  /// Relays bytes in both directions until both sides have ended, and then calls `ended`.
  func start(_ ended: @escaping @Sendable () -> Void) {
    // A separate queue has a separate thread while it is busy.
    DispatchQueue(label: "from MTA").async(group: group) { [self] in
      carry(from: mta, to: filter) { .command(try MTACommand(code: $0, payload: $1)) }
    }
    DispatchQueue(label: "from filter").async(group: group) { [self] in
      carry(from: filter, to: mta) { .reply(try FilterReply(code: $0, payload: $1)) }
    }
    group.notify(queue: DispatchQueue(label: "end")) { [self] in
      mta.close()
      filter.close()
      journal.end(number)
      ended()
      over.signal()
    }
  }

  /// Ends the connection on both sides.
  func cut() {
    try? mta.shutdown()
    try? filter.shutdown()
  }

  /// Waits until both directions have ended.
  func wait() { over.wait() }

  private func carry(
    from source: Socket, to target: Socket,
    _ read: (UInt8, Span<UInt8>) throws -> Recording.Packet
  ) {
    var decoder = FrameDecoder()
    decoder.maximumPayload = WireLimits.payload1M
    var isReadable = true
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while case .bytes(let count)? = try? buffer.withUnsafeMutableBytes({ try source.read(into: $0) }
    ) {
      if isReadable {
        decoder.append(buffer[..<count])
        isReadable = note(&decoder, read)
      }
      let isWritten: Void? = try? buffer.withUnsafeBytes {
        try target.write(all: UnsafeRawBufferPointer(rebasing: $0[..<count]))
      }
      if isWritten == nil { break }
    }
    try? target.shutdown(.writing)
    try? source.shutdown(.reading)
  }

  /// Notes complete packets; returns `false` if the bytes are not packets.
  private func note(
    _ decoder: inout FrameDecoder, _ read: (UInt8, Span<UInt8>) throws -> Recording.Packet
  ) -> Bool {
    do {
      while let frame = try decoder.next() {
        let payload = decoder.storage.span.extracting(frame.payload)
        do {
          journal.note(try read(frame.code, payload), on: number)
        } catch {
          journal.remark("\(error)", on: number)
        }
      }
      return true
    } catch {
      journal.remark("\(error); the rest is passed on unread", on: number)
      return false
    }
  }
}

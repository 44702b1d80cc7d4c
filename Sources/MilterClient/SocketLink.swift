package import MilterSystem

/// A connection to a filter over a socket.
package final class SocketLink: FilterLink {
  private let socket: Socket

  package init(_ socket: Socket) { self.socket = socket }

  package func send(_ bytes: [UInt8], within limit: Duration) -> FilterLinkEvent? {
    do {
      try bytes.withUnsafeBytes { try socket.write(all: $0, within: limit) }
      return nil
    } catch let error as SocketError {
      switch error.code {
      // The filter's last replies must be read.
      case .disconnected: return nil
      case .timedOut: return .silence
      default: return .broken(error.message)
      }
    } catch {
      return .broken("\(error)")
    }
  }

  package func receive(within limit: Duration) -> FilterLinkEvent {
    do {
      try socket.setReceiveTimeout(milliseconds: limit.milliseconds)
      var result = ReadResult.endOfStream
      let bytes = try [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, used in
        result = try socket.read(into: UnsafeMutableRawBufferPointer(buffer))
        if case .bytes(let count) = result { used = count }
      }
      switch result {
      case .bytes: return .bytes(bytes)
      case .endOfStream: return .endOfStream
      case .wouldBlock: return .silence
      }
    } catch let error as SocketError where error.code == .disconnected {
      return .endOfStream
    } catch {
      return .broken("\(error)")
    }
  }

  package func close() { socket.close() }
}

extension Duration {
  /// The time in whole milliseconds, at least 1, because 0 would mean no limit.
  fileprivate var milliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds >= 0 else { return 1 }
    guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
    return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}

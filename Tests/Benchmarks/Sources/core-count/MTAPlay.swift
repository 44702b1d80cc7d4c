@preconcurrency import Glibc
import MilterCore

/// The MTA, which sends bursts and waits for the replies.
struct MTAPlay {
  private let load: ServerCase
  private let path: String

  init(_ load: ServerCase, _ path: String) {
    self.load = load
    self.path = path
  }

  /// Plays a number of turns.
  func play(_ number: Int) throws {
    let (opening, turn) = (load.opening, load.turn)
    var reply = [UInt8](repeating: 0, count: 128)
    if load.reconnects {
      for _ in 0..<number {
        let socket = try connected()
        for burst in opening + turn { try exchange(burst, on: socket, &reply) }
        guard recv(socket, &reply, 1, 0) == 0 else {
          throw MilterError(.malformedReply, "the server does not end the connection")
        }
        close(socket)
      }
    } else {
      let socket = try connected()
      for burst in opening { try exchange(burst, on: socket, &reply) }
      for _ in 0..<number {
        for burst in turn { try exchange(burst, on: socket, &reply) }
      }
      close(socket)
    }
  }

  /// Connects, as soon as the server listens.
  private func connected() throws -> Int32 {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    for _ in 0..<60_000 {
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      if result == 0 { return socket }
      usleep(1000)
    }
    throw MilterError(.invalidArgument, "no connection to \(path)")
  }

  /// Sends a burst and reads its reply.
  private func exchange(
    _ burst: ServerCase.Burst, on socket: Int32, _ reply: inout [UInt8]
  ) throws {
    let size = burst.bytes.count
    guard burst.bytes.withUnsafeBytes({ write(socket, $0.baseAddress, $0.count) }) == size else {
      throw MilterError(.malformedReply, "the server has stopped reading")
    }
    guard burst.replyBytes > 0 else { return }
    guard recv(socket, &reply, burst.replyBytes, Int32(MSG_WAITALL)) == burst.replyBytes else {
      throw MilterError(
        .malformedReply, "the server answers less than \(burst.replyBytes) bytes")
    }
  }
}

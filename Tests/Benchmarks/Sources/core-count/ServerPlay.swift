import BenchFilters
@preconcurrency import Glibc
import MilterCore
import MilterKit

/// A server in this process and one MTA, which sends bursts and waits for the replies.
struct ServerPlay {
  private let server: MilterServer
  private let socket: Int32
  private let path: String
  private let message = CoreMessage.bursts

  private(set) var replies = 0
  private(set) var bytes = 0

  /// Bytes of the reply to every burst but the last one: the frame `continue`.
  private static let continueBytes = 5

  init(isAsync: Bool) throws {
    path = "/tmp/core-count-\(getpid()).sock"
    var configuration = MilterConfiguration()
    configuration.log.level = .error
    server = try MilterServer(sockets: ["unix:\(path)"], configuration: configuration) {
      isAsync ? AsyncCheckingFilter() : CheckingFilter() as MilterBase
    }
    try server.start()
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { [socket] in
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw MilterError(.invalidArgument, "no connection to \(path)") }
    for (index, burst) in CoreMessage.opening.enumerated() {
      // The reply to the negotiation has three numbers.
      try exchange(burst, index == 0 ? 17 : Self.continueBytes)
    }
    (replies, bytes) = (0, 0)
  }

  /// Plays a message of 18 replies.
  mutating func playMessage() throws {
    for burst in message.dropLast() { try exchange(burst, Self.continueBytes) }
    // The added header and the verdict.
    try exchange(message[message.count - 1], 2 * Self.continueBytes + 16)
  }

  func end() {
    close(socket)
    server.stop()
  }

  /// Sends a burst and reads a reply of `count` bytes.
  private mutating func exchange(_ burst: [UInt8], _ count: Int) throws {
    guard burst.withUnsafeBytes({ write(socket, $0.baseAddress, $0.count) }) == burst.count else {
      throw MilterError(.malformedReply, "the server takes no more")
    }
    var reply = [UInt8](repeating: 0, count: count)
    guard recv(socket, &reply, count, Int32(MSG_WAITALL)) == count else {
      throw MilterError(.malformedReply, "the server answers less than \(count) bytes")
    }
    replies += 1
    bytes += count
  }
}

import Dispatch
import Foundation
import MilterProcessFixtures
import Synchronization

/// A server that speaks clamd's INSTREAM.
///
/// It stores the received message, and replies at once or with a reply that never ends.
final class FakeClamd: Sendable {
  private let directory: ScratchDirectory
  private let listener: Int32
  private let bytes = Mutex<[UInt8]>([])
  private let isOver = DispatchSemaphore(value: 0)
  private let drips: Bool

  var path: String { directory.path(of: "clamd.ctl") }

  init(drips: Bool = false) throws {
    directory = try ScratchDirectory()
    self.drips = drips
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = directory.path(of: "clamd.ctl")
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) } == 0
    }
    guard isBound, listen(listener, 5) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    let thread = Thread { [weak self, listener] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        self?.serve(client)
        close(client)
      }
    }
    thread.start()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// The last message.
  func received() -> [UInt8] { bytes.withLock { $0 } }

  /// Ends the reply that never ends by itself.
  func stop() { isOver.signal() }

  private func serve(_ client: Int32) {
    var message: [UInt8] = []
    guard read(client, 10) == Array("zINSTREAM\0".utf8) else { return }
    while let header = read(client, 4) {
      let length = header.reduce(0) { $0 << 8 | Int($1) }
      guard length > 0 else { break }
      guard let chunk = read(client, length) else { return }
      message += chunk
    }
    bytes.withLock { $0 = message }
    if drips {
      // The loop also ends when the client closes the connection, because send() then fails.
      while send(client, "s", 1, Int32(MSG_NOSIGNAL)) == 1,
        isOver.wait(timeout: .now() + .milliseconds(10)) == .timedOut
      {}
    } else {
      _ = Array("stream: OK\0".utf8).withUnsafeBytes { write(client, $0.baseAddress, $0.count) }
    }
  }

  private func read(_ client: Int32, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    guard recv(client, &bytes, count, Int32(MSG_WAITALL)) == count else { return nil }
    return bytes
  }
}

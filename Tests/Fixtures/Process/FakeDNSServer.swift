import Foundation
import Glibc
import Synchronization

/// A DNS server on the loopback interface that answers as a test specifies.
package final class FakeDNSServer: Sendable {
  /// An answer to a question for A records.
  package enum Answer: Sendable {
    /// Addresses, and their time to live.
    case addresses([[UInt8]], seconds: UInt32)
    /// An alias for a name that has this address.
    case alias([UInt8])
    /// A response code, such as 2 for a server that fails and 3 for a name that does not exist.
    case code(UInt8)
    /// The bytes after the question.
    case raw([UInt8])
    /// No reply.
    case silence
  }

  private let socket: Int32
  private let asked = Mutex<[String]>([])

  /// The server's port.
  package let port: UInt16

  /// All names in questions, in lowercase.
  package var questions: [String] { asked.withLock { $0 } }

  /// Starts a server.
  ///
  /// - Parameter answer: Returns the answer for a name in lowercase.
  /// - Throws: An error if there is no socket for the server.
  package init(_ answer: @escaping @Sendable (String) -> Answer) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { [socket] in
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
      }
    }
    guard isBound else { throw HarnessError("no socket for a DNS server") }
    port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [weak self, socket] in
      // `shutdown` in `deinit` makes the socket readable without a datagram, which ends the loop.
      while let request = Request(from: socket) {
        guard let self else { break }
        self.asked.withLock { $0.append(request.name) }
        request.reply(answer(request.name), from: socket)
      }
      close(socket)
    }
    thread.start()
  }

  deinit { shutdown(socket, Int32(SHUT_RDWR)) }
}

/// A question and its sender.
private struct Request {
  let name: String
  private let bytes: [UInt8]
  private let client: sockaddr_in

  /// Waits for the next question; `nil` when the server ends.
  init?(from socket: Int32) {
    var client = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = withUnsafeMutablePointer(to: &client) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(socket, &buffer, buffer.count, 0, $0, &size)
      }
    }
    guard count > 17 else { return nil }
    var labels: [String] = []
    var place = 12
    while place < count, buffer[place] > 0 {
      let end = place + 1 + Int(buffer[place])
      labels.append(String(decoding: buffer[place + 1..<end], as: UTF8.self).lowercased())
      place = end
    }
    name = labels.joined(separator: ".")
    // A reply repeats the header and the question, but not the records after them.
    bytes = Array(buffer[..<(place + 5)])
    self.client = client
  }

  func reply(_ answer: FakeDNSServer.Answer, from socket: Int32) {
    switch answer {
    case .silence: break
    case .code(let code): send(code: code, count: 0, [], from: socket)
    case .raw(let bytes): send(code: 0, count: 1, bytes, from: socket)
    case .addresses(let addresses, let seconds):
      let records = addresses.flatMap { record([0xC0, 12], type: 1, seconds, $0) }
      send(code: 0, count: addresses.count, records, from: socket)
    case .alias(let address):
      let name: [UInt8] = [1, 0x78, 0]
      let records = record([0xC0, 12], type: 5, 600, name) + record(name, type: 1, 60, address)
      send(code: 0, count: 2, records, from: socket)
    }
  }

  private func record(_ name: [UInt8], type: UInt8, _ seconds: UInt32, _ data: [UInt8]) -> [UInt8] {
    let lifetime = withUnsafeBytes(of: seconds.bigEndian) { Array($0) }
    return name + [0, type, 0, 1] + lifetime + [0, UInt8(data.count)] + data
  }

  private func send(code: UInt8, count: Int, _ records: [UInt8], from socket: Int32) {
    let head: [UInt8] = [0x81, 0x80 | code, 0, 1, 0, UInt8(count), 0, 0, 0, 0]
    let message = bytes[..<2] + head + bytes[12...] + records
    var client = client
    _ = withUnsafeMutablePointer(to: &client) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        Array(message).withUnsafeBytes {
          sendto(
            socket, $0.baseAddress, $0.count, 0, address,
            socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
  }
}

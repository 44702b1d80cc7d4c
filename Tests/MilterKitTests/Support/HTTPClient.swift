import Foundation
import MilterSystem

/// An HTTP client that sends exactly what a test specifies.
struct HTTPClient {
  /// A response.
  struct Response {
    let status: Int
    /// The lines between the status line and the empty line.
    let headers: [String]
    let body: String
  }

  let socket: Socket

  init(_ spec: String) throws {
    socket = try Socket.connect(to: SocketSpec(spec))
    try socket.setReceiveTimeout(milliseconds: 60_000)
  }

  func send(_ text: String) throws {
    try Array(text.utf8).withUnsafeBytes { try socket.write(all: $0) }
  }

  /// Returns all bytes up to the end of the connection as text.
  func receive() throws -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let result = try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
      guard case .bytes(let count) = result else {
        guard result == .endOfStream else { throw TestMTA.Silence() }
        return String(decoding: bytes, as: UTF8.self)
      }
      bytes += buffer[..<count]
    }
  }

  /// Sends a request and returns the response.
  static func ask(_ request: String, of spec: String) throws -> Response {
    let client = try HTTPClient(spec)
    try client.send(request)
    return try response(client.receive())
  }

  static func get(_ path: String, of spec: String) throws -> Response {
    try ask("GET \(path) HTTP/1.0\r\nHost: filter\r\n\r\n", of: spec)
  }

  static func response(_ text: String) throws -> Response {
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let head = parts[0].split(separator: "\r\n").map(String.init)
    let words = (head.first ?? "").split(separator: " ")
    return Response(
      status: words.count > 1 ? Int(words[1]) ?? 0 : 0, headers: Array(head.dropFirst()),
      body: parts.count > 1 ? String(parts[1]) : "")
  }
}

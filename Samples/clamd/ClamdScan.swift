#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One message on its way through clamd: the command INSTREAM on a connection of its own.
final class ClamdScan {
  /// What went wrong.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    /// Whether clamd refuses the message for its size: `StreamMaxLength` in `clamd.conf`.
    var isAboutSize: Bool { description.contains("size limit exceeded") }
  }
  private let socket: Int32

  /// Connects to a path or `HOST:PORT`, and begins; clamd may be silent for `patience` seconds.
  init(_ address: String, patience: Int) throws {
    socket = address.hasPrefix("/") ? connect(path: address) : connect(host: address)
    guard socket >= 0 else { throw Failure(description: "\(address): \(Self.reason)") }
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    try Array("zINSTREAM\0".utf8).withUnsafeBytes { try write($0) }
  }

  deinit { close(socket) }

  /// Sends more of the message.
  func send(_ bytes: UnsafeRawBufferPointer) throws {
    guard !bytes.isEmpty else { return }
    try withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { try write($0) }
    try write(bytes)
  }

  /// Ends the message and waits for the result: the name of a virus, or nil if there is none.
  func virus() throws -> String? {
    try withUnsafeBytes(of: UInt32(0)) { try write($0) }
    let reply = try reply()
    if reply == "stream: OK" { return nil }
    guard reply.hasPrefix("stream: "), reply.hasSuffix(" FOUND") else {
      throw Failure(description: "it says: \(reply)")
    }
    return String(reply.dropFirst("stream: ".count).dropLast(" FOUND".count))
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = Self.system(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      // It ends the connection over a message that is too long for it, and says so before.
      guard count > 0 else { throw Failure(description: (try? reply()) ?? Self.reason) }
      rest = .init(rebasing: rest[count...])
    }
  }

  private func reply() throws -> String {
    var reply: [UInt8] = []
    while reply.last != 0, reply.count < 1000 {
      var byte: UInt8 = 0
      guard recv(socket, &byte, 1, 0) == 1 else { throw Failure(description: "no reply") }
      // For logs and SMTP replies, without control characters.
      reply.append(byte == 0 || 0x20...0x7E ~= byte ? byte : UInt8(ascii: "?"))
    }
    return String(decoding: reply.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static let system = send(_:_:_:_:)
  private static var reason: String { String(cString: strerror(errno)) }
}

/// Connects to a unix-domain socket; returns -1 if that fails.
private func connect(path: String) -> Int32 {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return -1 }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  return withUnsafeBytes(of: &address) { connect(AF_UNIX, $0) }
}

/// Connects to `HOST:PORT`; returns -1 if that fails.
private func connect(host text: String) -> Int32 {
  let colon = text.lastIndex(of: ":") ?? text.startIndex
  var hints = addrinfo()
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  var found: UnsafeMutablePointer<addrinfo>?
  let port = String(text[colon...].dropFirst())
  guard getaddrinfo(String(text[..<colon]), port, &hints, &found) == 0 else { return -1 }
  defer { freeaddrinfo(found) }
  var next = found
  while let entry = next?.pointee {
    let address = UnsafeRawBufferPointer(start: entry.ai_addr, count: Int(entry.ai_addrlen))
    if case let socket = connect(entry.ai_family, address), socket >= 0 { return socket }
    next = entry.ai_next
  }
  return -1
}

private func connect(_ family: Int32, _ address: UnsafeRawBufferPointer) -> Int32 {
  let socket = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  let name = address.baseAddress?.assumingMemoryBound(to: sockaddr.self)
  if connect(socket, name, socklen_t(address.count)) == 0 { return socket }
  close(socket)
  return -1
}

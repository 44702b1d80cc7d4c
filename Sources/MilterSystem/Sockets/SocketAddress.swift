package import MilterCore
package import MilterPlatform

/// The address of a socket: IPv4, IPv6, or Unix.
///
/// The corresponding C type is `sockaddr`.
package struct SocketAddress: Sendable {
  private var storage: sockaddr_storage
  private var length: socklen_t

  /// The maximum length of a Unix-domain socket's path on this system, in bytes.
  package static var maximumPathLength: Int {
    MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
  }

  private static var pathOffset: Int { MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2 }

  /// Copies an address from the system.
  ///
  /// - Parameters:
  ///   - address: The address.
  ///   - length: Its length in bytes; an address that is longer than `sockaddr_storage` is cut.
  package init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
    storage = sockaddr_storage()
    self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
    let count = Int(self.length)
    withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
    }
  }

  /// Creates an IPv4 or IPv6 address from a numeric address, without a lookup; `nil` for other text.
  ///
  /// - Parameters:
  ///   - literal: The address as text, such as `127.0.0.1` or `::1`, without zone and brackets.
  ///   - port: The port; 0 is any free port.
  package init?(_ literal: String, port: UInt16) {
    guard let bits = AddressBits(literal) else { return nil }
    self.init(bits, port: port)
  }

  /// Creates an IPv4 or IPv6 address.
  ///
  /// - Parameters:
  ///   - bits: The address.
  ///   - port: The port; 0 is any free port.
  package init(_ bits: AddressBits, port: UInt16) {
    storage = sockaddr_storage()
    switch bits {
    case .inet(let number):
      var inet = sockaddr_in()
      inet.sin_family = sa_family_t(AF_INET)
      inet.sin_port = port.bigEndian
      inet.sin_addr.s_addr = number.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: inet, as: sockaddr_in.self) }
    case .inet6(let number):
      var inet6 = sockaddr_in6()
      inet6.sin6_family = sa_family_t(AF_INET6)
      inet6.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &inet6.sin6_addr) {
        $0.storeBytes(of: number.bigEndian, as: UInt128.self)
      }
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: inet6, as: sockaddr_in6.self) }
    }
    Syscalls.setLength(&storage, length)
  }

  /// Creates the address of a Unix-domain socket.
  ///
  /// - Parameter path: The path of the socket.
  /// - Throws: ``SocketError`` with the code `invalidSpec` if the path is empty, contains a NUL, or is longer
  ///   than ``maximumPathLength``.
  package init(path: String) throws(SocketError) {
    guard (1...Self.maximumPathLength).contains(path.utf8.count), !path.utf8.contains(0) else {
      throw SocketError(
        .invalidSpec,
        "the path \(String(reflecting: path)) has \(path.utf8.count) bytes; the path of a socket "
          + "has 1 to \(Self.maximumPathLength), none of them NUL")
    }
    storage = sockaddr_storage()
    storage.ss_family = sa_family_t(AF_UNIX)
    length = socklen_t(Self.pathOffset + path.utf8.count + 1)
    withUnsafeMutableBytes(of: &storage) { bytes in
      UnsafeMutableRawBufferPointer(rebasing: bytes[Self.pathOffset...]).copyBytes(from: path.utf8)
    }
    Syscalls.setLength(&storage, length)
  }

  /// Creates the address of an abstract Unix-domain socket, which has a name and no file.
  ///
  /// Only Linux supports them.
  ///
  /// - Parameter name: The name, without the NUL before it.
  /// - Throws: ``SocketError`` with the code `invalidSpec` if the name is empty or longer than
  ///   ``maximumPathLength``.
  init(abstract name: String) throws(SocketError) {
    guard (1...Self.maximumPathLength).contains(name.utf8.count) else {
      throw SocketError(
        .invalidSpec,
        "the name \(String(reflecting: name)) has \(name.utf8.count) bytes; the name of a socket "
          + "has 1 to \(Self.maximumPathLength)")
    }
    storage = sockaddr_storage()
    storage.ss_family = sa_family_t(AF_UNIX)
    length = socklen_t(Self.pathOffset + 1 + name.utf8.count)
    withUnsafeMutableBytes(of: &storage) { bytes in
      UnsafeMutableRawBufferPointer(rebasing: bytes[(Self.pathOffset + 1)...])
        .copyBytes(from: name.utf8)
    }
    Syscalls.setLength(&storage, length)
  }

  /// Creates an address with a call that fills it in, like `getsockname`.
  init(
    filledBy call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) throws(Errno) {
    storage = sockaddr_storage()
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &length) }
    }
    if result == -1 { throw Errno.current }
  }
}

extension SocketAddress {
  /// The address families.
  package enum Family: Hashable, Sendable {
    /// IPv4.
    case inet
    /// IPv6.
    case inet6
    /// A Unix-domain socket.
    case unix
    /// Another family.
    case other
  }

  /// The family of the address.
  package var family: Family {
    switch rawFamily {
    case AF_INET: .inet
    case AF_INET6: .inet6
    case AF_UNIX: .unix
    default: .other
    }
  }

  /// The number of the family in the C library.
  var rawFamily: Int32 { Int32(storage.ss_family) }

  /// The port of an IPv4 or IPv6 address.
  package var port: UInt16? {
    switch family {
    case .inet: load(sockaddr_in.self).sin_port.bigEndian
    case .inet6: load(sockaddr_in6.self).sin6_port.bigEndian
    case .unix, .other: nil
    }
  }

  /// The IPv4 or IPv6 address as text.
  package var host: String? {
    switch family {
    case .inet: AddressBits.inet(UInt32(bigEndian: load(sockaddr_in.self).sin_addr.s_addr)).text
    case .inet6:
      withUnsafeBytes(of: load(sockaddr_in6.self).sin6_addr) { bytes in
        AddressBits.inet6(UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self))).text
      }
    case .unix, .other: nil
    }
  }

  /// The path of a Unix-domain socket; `nil` for a socket without a path, such as a client's.
  package var path: String? {
    guard family == .unix, Int(length) > Self.pathOffset else { return nil }
    return withUnsafeBytes(of: storage) { bytes in
      let path = bytes[Self.pathOffset..<Int(length)].prefix { $0 != 0 }
      return path.isEmpty ? nil : String(decoding: path, as: UTF8.self)
    }
  }

  /// Calls a function with a pointer to the address.
  ///
  /// - Parameter body: Gets the address and its length; the pointer is valid only during the call.
  /// - Returns: The result of `body`.
  package func withSockAddr<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  private func load<Value>(_ type: Value.Type) -> Value {
    withUnsafeBytes(of: storage) { $0.load(as: type) }
  }
}

extension SocketAddress: Hashable {
  /// Compares the bytes.
  ///
  /// - Parameters:
  ///   - left: An address.
  ///   - right: Another address.
  /// - Returns: Whether both are the same address.
  package static func == (left: SocketAddress, right: SocketAddress) -> Bool {
    left.withBytes { a in right.withBytes { b in a.elementsEqual(b) } }
  }

  /// Feeds the bytes to a hasher.
  ///
  /// - Parameter hasher: The hasher.
  package func hash(into hasher: inout Hasher) {
    withBytes { hasher.combine(bytes: $0) }
  }

  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: storage) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(length)])) }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The address in the notation of ``SocketSpec``.
  package var description: String {
    switch family {
    case .inet: "inet:\(port ?? 0)@\(host ?? "")"
    case .inet6: "inet6:\(port ?? 0)@[\(host ?? "")]"
    case .unix: path.map { "unix:\($0)" } ?? "Unix-domain socket without a path"
    case .other: "address of family \(rawFamily)"
    }
  }
}

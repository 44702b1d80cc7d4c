/// Reads the text of a ``SocketSpec``.
///
/// It searches the UTF-8 view, because a combining accent after a colon would form another `Character`.
struct SocketSpecParser {
  let text: String

  private static let schemes = "inet:PORT@HOST, inet6:PORT@HOST, unix:/PATH or fd:N"

  func parse() throws(SocketError) -> SocketSpec.Target {
    guard let first = text.utf8.first, let last = text.utf8.last else {
      throw wrong("it is empty; write \(Self.schemes)")
    }
    if Self.isSpace(first) { throw wrong("it begins with a space; remove it") }
    if Self.isSpace(last) { throw wrong("it ends with a space; remove it") }
    // A scheme has no slash, so a path may contain a colon.
    guard let (scheme, rest) = Self.split(text[...], at: ":"), !scheme.utf8.contains(.slash) else {
      if let meant = endpointWithoutScheme { throw wrong("the scheme is missing; write \(meant)") }
      return try path(text[...])
    }
    switch scheme.lowercased() {
    case "", "unix", "local": return try path(rest)
    case "inet": return try endpoint(rest, .inet)
    case "inet6": return try endpoint(rest, .inet6)
    case "fd": return try descriptor(rest)
    default:
      if let meant = endpointWithoutScheme { throw wrong("the scheme is missing; write \(meant)") }
      throw wrong("there is no scheme \"\(scheme)\"; write \(Self.schemes)")
    }
  }

  /// The TCP endpoint that a text without a scheme probably means; `nil` for other text.
  ///
  /// libmilter treats `8891` and `8891@localhost` as paths, which no author of a filter wants.
  private var endpointWithoutScheme: String? {
    if text.utf8.contains(.slash) { return nil }
    if Self.isNumber(text[...]) { return "inet:\(text)@127.0.0.1" }
    if let (port, host) = Self.split(text[...], at: "@"), Self.isNumber(port), !host.isEmpty {
      return Self.endpoint(port, host)
    }
    guard let colon = text.utf8.lastIndex(of: .colon) else { return nil }
    let (host, port) = (text[..<colon], text[text.utf8.index(after: colon)...])
    let isHost =
      host == "localhost" || host.utf8.contains(.dot) || host.utf8.first == .leftBracket
    guard isHost, Self.isNumber(port) else { return nil }
    return Self.endpoint(port, host)
  }

  private static func endpoint(_ port: Substring, _ host: Substring) -> String {
    let address = host.drop { $0 == "[" }.prefix { $0 != "]" }
    return address.utf8.contains(.colon) ? "inet6:\(port)@[\(address)]" : "inet:\(port)@\(host)"
  }

  private func path(_ path: Substring) throws(SocketError) -> SocketSpec.Target {
    if path.isEmpty {
      throw wrong("the path is missing; write unix:/PATH, for example unix:/run/filter.sock")
    }
    if path.utf8.contains(0) { throw wrong("the path has a NUL byte; a path cannot have one") }
    if path.utf8.count > SocketAddress.maximumPathLength {
      throw wrong(
        "the path has \(path.utf8.count) bytes; the path of a socket has at most "
          + "\(SocketAddress.maximumPathLength)")
    }
    return .unix(path: String(path))
  }

  private func descriptor(_ number: Substring) throws(SocketError) -> SocketSpec.Target {
    guard Self.isNumber(number), let value = Int32(number) else {
      throw wrong("\"\(number)\" is not a descriptor; write fd:N, for example fd:3")
    }
    return .descriptor(value)
  }

  // MARK: Internet endpoints

  private func endpoint(
    _ rest: Substring, _ family: SocketSpec.Family
  ) throws(SocketError) -> SocketSpec.Target {
    if let (port, host) = Self.split(rest, at: "@") {
      let port = try self.port(port, family)
      if host.isEmpty {
        throw wrong(
          "the host after @ is missing; write \(family.rawValue):\(port) for all interfaces, or "
            + Self.example(family))
      }
      guard host.utf8.first == .leftBracket else {
        return .inet(family, host: try self.host(host, family, port), port: port)
      }
      guard let (address, tail) = Self.split(host.dropFirst(), at: "]") else {
        throw wrong("the bracket is not closed; write [ADDRESS]")
      }
      if !tail.isEmpty { throw wrong("\"\(tail)\" follows the bracket; remove it") }
      return .inet(family, host: try literal(address, family, port), port: port)
    }
    if rest.utf8.first == .leftBracket { return try bracketed(rest, family) }
    // Postfix's notation: the port comes last.
    if let colon = rest.utf8.lastIndex(of: .colon) {
      let host = rest[..<colon]
      let port = try self.port(rest[rest.utf8.index(after: colon)...], family)
      if host.utf8.contains(.colon) {
        throw wrong("an IPv6 address before a port needs brackets; write inet6:[ADDRESS]:PORT")
      }
      if host.isEmpty {
        throw wrong("the host is missing; write \(family.rawValue):\(port) for all interfaces")
      }
      return .inet(family, host: try self.host(host, family, port), port: port)
    }
    return .inet(family, host: nil, port: try port(rest, family))
  }

  /// Reads Postfix's `[address]:port`, where `inet` also means IPv6.
  private func bracketed(
    _ rest: Substring, _ family: SocketSpec.Family
  ) throws(SocketError) -> SocketSpec.Target {
    guard let (address, tail) = Self.split(rest.dropFirst(), at: "]") else {
      throw wrong("the bracket is not closed; write [ADDRESS]")
    }
    guard tail.isEmpty || tail.utf8.first == .colon else {
      throw wrong("\"\(tail)\" follows the bracket; write [ADDRESS]:PORT")
    }
    let port = try self.port(tail.dropFirst(), family)
    let isIPv6 = AddressLiteral.canonical(address, .inet6) != nil
    let family = isIPv6 ? .inet6 : family
    return .inet(family, host: try literal(address, family, port), port: port)
  }

  private func port(
    _ port: Substring, _ family: SocketSpec.Family
  ) throws(SocketError) -> SocketSpec.Port {
    if port.isEmpty { throw wrong("the port is missing; write \(Self.example(family))") }
    if Self.isNumber(port) {
      if let number = UInt16(port) { return .number(number) }
      throw wrong("the port \(port) is too large; the largest is 65535")
    }
    let startsWithLetter = port.utf8.first.map(Self.isLetter) ?? false
    guard startsWithLetter, port.utf8.allSatisfy(Self.isNameByte) else {
      throw wrong(
        "\"\(port)\" is not a port; write a number up to 65535 or the name of a service, as in "
          + Self.sample(family))
    }
    return .service(String(port))
  }

  private func host(
    _ host: Substring, _ family: SocketSpec.Family, _ port: SocketSpec.Port
  ) throws(SocketError) -> String {
    // A host with only numbers and dots is an address or a mistake, such as host and port in the wrong order.
    let numeric = host.utf8.allSatisfy { Self.isDigit($0) || $0 == .dot }
    if numeric || host.utf8.contains(.colon) { return try literal(host, family, port) }
    guard host.utf8.allSatisfy(Self.isNameByte) else {
      throw wrong("\"\(host)\" is not the name of a host; write \(Self.example(family))")
    }
    return String(host)
  }

  private func literal(
    _ address: Substring, _ family: SocketSpec.Family, _ port: SocketSpec.Port
  ) throws(SocketError) -> String {
    if let canonical = AddressLiteral.canonical(address, family) { return canonical }
    switch family {
    case .inet:
      if AddressLiteral.canonical(address, .inet6) != nil {
        throw wrong("\"\(address)\" is an IPv6 address; write inet6:\(port)@[\(address)]")
      }
      throw wrong("\"\(address)\" is not an IPv4 address; write \(Self.example(family))")
    case .inet6:
      if AddressLiteral.canonical(address, .inet) != nil {
        throw wrong("\"\(address)\" is an IPv4 address; write inet:\(port)@\(address)")
      }
      throw wrong("\"\(address)\" is not an IPv6 address; write \(Self.example(family))")
    }
  }

  // MARK: Messages and characters

  private func wrong(_ what: String) -> SocketError {
    SocketError(.invalidSpec, "socket spec \(String(reflecting: text)): \(what)")
  }

  private static func sample(_ family: SocketSpec.Family) -> String {
    family == .inet ? "inet:8891@127.0.0.1" : "inet6:8891@[::1]"
  }

  private static func example(_ family: SocketSpec.Family) -> String {
    "\(family.rawValue):PORT@HOST, for example \(sample(family))"
  }

  private static func split(
    _ text: Substring, at separator: Unicode.Scalar
  ) -> (head: Substring, tail: Substring)? {
    guard let index = text.utf8.firstIndex(of: UInt8(ascii: separator)) else { return nil }
    return (text[..<index], text[text.utf8.index(after: index)...])
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isDigit)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || "-_.".utf8.contains(byte)
  }
}

extension UInt8 {
  fileprivate static var slash: UInt8 { UInt8(ascii: "/") }
  fileprivate static var colon: UInt8 { UInt8(ascii: ":") }
  fileprivate static var dot: UInt8 { UInt8(ascii: ".") }
  fileprivate static var leftBracket: UInt8 { UInt8(ascii: "[") }
}

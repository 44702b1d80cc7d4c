import MilterCommandLine
import MilterCore
import MilterSystem

/// A setting of a member in a configuration file.
struct ConfiguredMemberKey: Sendable {
  let name: String
  /// Applies the value, which is `nil` for a key without a value.
  let apply: @Sendable (String?, inout ConfiguredMember) throws -> Void

  private init(
    _ name: String, _ apply: @escaping @Sendable (String, inout ConfiguredMember) throws -> Void
  ) {
    self.name = name
    self.apply = { value, member in
      guard let value, !value.isEmpty else {
        throw MilterUsageError("\(name) needs a value: \(name)=VALUE")
      }
      try apply(value, &member)
    }
  }

  private init(flag name: String, _ apply: @escaping @Sendable (inout ConfiguredMember) -> Void) {
    self.name = name
    self.apply = { value, member in
      guard value == nil else { throw MilterUsageError("\(name) takes no value") }
      apply(&member)
    }
  }

  /// Finds a key.
  ///
  /// - Throws: An error with the nearest key if no key has that name.
  static func named(_ name: String) throws -> Self {
    if let key = all.first(where: { $0.name == name }) { return key }
    let near = Suggestion.nearest(to: name, in: all.map(\.name)).map { "; did you mean \($0)?" }
    throw MilterUsageError("\(name): no such key of a member\(near ?? "")")
  }

  /// Checks that a socket can be connected to.
  static func checkSocket(_ text: String) throws {
    let spec = try SocketSpec(text)
    if case .descriptor = spec.target {
      throw MilterUsageError(
        "\(text): a member listens on unix:PATH, inet:PORT@HOST, or inet6:PORT@HOST")
    }
  }

  private static let all: [Self] = [
    Self("on-failure") { value, member in
      guard let fallback = ChainMember.Fallback(rawValue: value) else {
        throw MilterUsageError("on-failure=\(value): not tempfail or accept")
      }
      member.fallback = fallback
    },
    Self(flag: "shadow") { $0.isShadow = true },
    Self("when") { value, member in
      switch value {
      case "authenticated": member.clientConditions.append { $0.isAuthenticated }
      case "unauthenticated": member.clientConditions.append { !$0.isAuthenticated }
      default: throw MilterUsageError("when=\(value): not authenticated or unauthenticated")
      }
    },
    Self("clients") { value, member in
      let (text, isNegated) = negation(value)
      let networks = try MilterNetworks(text)
      member.clientConditions.append { networks.contains($0.address) != isNegated }
    },
    Self("senders") { value, member in
      let (text, isNegated) = negation(value)
      let list = try AddressList(text)
      member.messageConditions.append { list.contains($0.sender) != isNegated }
    },
    Self("recipients") { value, member in
      let (text, isNegated) = negation(value)
      let list = try AddressList(text)
      member.messageConditions.append { message in
        message.recipients.contains { list.contains($0) != isNegated }
      }
    },
    Self("min-size") { value, member in
      let size = try bytes(value, "min-size")
      member.messageConditions.append { $0.size >= size }
    },
    Self("max-size") { value, member in
      let size = try bytes(value, "max-size")
      member.messageConditions.append { $0.size <= size }
    },
    Self("connect-timeout") { $1.timeouts.connect = try seconds($0, "connect-timeout") },
    Self("command-timeout") { $1.timeouts.command = try seconds($0, "command-timeout") },
    Self("content-timeout") { $1.timeouts.content = try seconds($0, "content-timeout") },
    Self("end-timeout") { $1.timeouts.end = try seconds($0, "end-timeout") },
  ]

  private static func negation(_ value: String) -> (text: String, isNegated: Bool) {
    value.hasPrefix("!") ? (String(value.dropFirst()), true) : (value, false)
  }

  private static func seconds(_ text: String, _ key: String) throws -> Duration {
    guard let number = Double(text), number > 0, number <= Double(Int32.max) else {
      throw MilterUsageError("\(key)=\(text): not a number of seconds")
    }
    return .milliseconds(max(1, Int(number * 1000)))
  }

  private static func bytes(_ text: String, _ key: String) throws -> Int {
    let unit = ["K": 1 << 10, "M": 1 << 20][text.suffix(1).uppercased()]
    guard let number = Int(unit == nil ? text[...] : text.dropLast()), 0...(1 << 40) ~= number
    else {
      throw MilterUsageError("\(key)=\(text): not a number of bytes, such as 500000 or 10M")
    }
    return number * (unit ?? 1)
  }
}

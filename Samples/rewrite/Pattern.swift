import MilterMail

/// The senders or recipients that a rule applies to.
enum Pattern: Sendable {
  case everyone
  /// The sender of bounces.
  case null
  case domain(MailDomain)
  case address(MailAddress)

  /// Reads a pattern; `nil` if the word is not a valid pattern.
  init?(_ word: String) {
    if word == "*" {
      self = .everyone
    } else if word == "<>" {
      self = .null
    } else if word.hasPrefix("@"), word.utf8.count > 1 {
      self = .domain(MailDomain(String(word.dropFirst())))
    } else if let address = MailAddress(word) {
      self = .address(address)
    } else {
      return nil
    }
  }

  /// Whether the pattern matches an argument of MAIL or RCPT.
  ///
  /// - Parameters:
  ///   - path: The argument, such as `<joe@example.org>`.
  ///   - address: The address in the argument; `nil` for an argument without an address.
  /// - Returns: `true` if it matches.
  func matches(_ path: String, _ address: MailAddress?) -> Bool {
    switch self {
    case .everyone: return true
    case .null: return path == "<>"
    case .domain(let domain):
      guard let address else { return false }
      return MailDomain(address.domain) == domain
    case .address(let pattern):
      guard let address else { return false }
      // Like most sites, the filter ignores case in the local part.
      return address.localPart.lowercased() == pattern.localPart.lowercased()
        && MailDomain(address.domain) == MailDomain(pattern.domain)
    }
  }
}

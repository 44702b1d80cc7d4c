import MilterMail

/// Whom a rule is about.
enum Pattern: Sendable {
  case everyone
  /// The sender of bounces.
  case null
  case domain(MailDomain)
  case address(MailAddress)

  /// Reads a pattern; nil if the word is not one.
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

  /// Whether the pattern fits the argument of MAIL or RCPT, and the address in it, if it has one.
  func matches(_ path: String, _ address: MailAddress?) -> Bool {
    switch self {
    case .everyone: return true
    case .null: return path == "<>"
    case .domain(let domain): return address.map { MailDomain($0.domain) } == domain
    case .address(let pattern):
      // Most sites also ignore case in the local part.
      return address.map {
        $0.localPart.lowercased() == pattern.localPart.lowercased()
          && MailDomain($0.domain) == MailDomain(pattern.domain)
      } ?? false
    }
  }
}

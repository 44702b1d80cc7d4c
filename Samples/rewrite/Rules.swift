import MilterMail

/// The rules of a map file.
struct Rules: Sendable {
  private enum Verb: String {
    case chgfrom
    case addrcpt
    case delrcpt
  }

  private struct Rule {
    let verb: Verb
    let pattern: Pattern
    let addresses: [String]
  }

  /// A mistake in a map file, with the number of its line.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private var rules: [Rule] = []

  /// No rules.
  init() {}

  /// Reads rules, one on each line; `#` begins a comment.
  ///
  /// - Parameters:
  ///   - text: The rules.
  ///   - name: The file's name, for errors.
  /// - Throws: ``Failure`` with the first mistake.
  init(_ text: String, named name: String = "map") throws {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      do {
        if let rule = try Self.rule(line) { rules.append(rule) }
      } catch let failure as Failure {
        throw Failure(description: "\(name):\(index + 1): \(failure.description)")
      }
    }
  }

  /// Reads a line; `nil` if it has no rule.
  private static func rule(_ line: Substring) throws -> Rule? {
    let words = line.prefix { $0 != "#" }.split { $0.isWhitespace }.map(String.init)
    guard let first = words.first else { return nil }
    guard let verb = Verb(rawValue: first) else {
      throw Failure(description: "\(first): not one of chgfrom, addrcpt, delrcpt")
    }
    guard words.count > 1, let pattern = Pattern(words[1]) else {
      throw Failure(description: "\(first) needs an address, @domain, * or <> after it")
    }
    let addresses = words.dropFirst(2).map(bare)
    switch verb {
    case .chgfrom:
      guard addresses.count == 1, addresses.allSatisfy(isNewSender) else {
        throw Failure(description: "chgfrom needs one address, @domain or <> after the pattern")
      }
    case .addrcpt:
      guard !addresses.isEmpty, addresses.allSatisfy(isAddress) else {
        throw Failure(description: "addrcpt needs addresses after the pattern")
      }
    case .delrcpt:
      guard addresses.isEmpty else {
        throw Failure(description: "delrcpt takes nothing after the pattern")
      }
    }
    return Rule(verb: verb, pattern: pattern, addresses: addresses)
  }

  private static func isAddress(_ text: String) -> Bool { MailAddress(text) != nil }

  /// Whether a text can replace a sender: an address, `@domain`, or the empty sender of bounces.
  private static func isNewSender(_ text: String) -> Bool {
    let isDomain = text.hasPrefix("@") && text.count > 1
    return text.isEmpty || isDomain || isAddress(text)
  }

  /// An address without angle brackets.
  private static func bare(_ path: String) -> String {
    guard path.hasPrefix("<"), path.hasSuffix(">") else { return path }
    return String(path.dropFirst().dropLast())
  }

  /// The new sender; `nil` if the sender stays.
  func replacement(forSender sender: String) -> String? {
    guard let new = matching(.chgfrom, sender).first?.addresses.first else { return nil }
    guard new.hasPrefix("@") else { return "<\(new)>" }
    guard var address = MailAddress(sender) else { return nil }
    address.domain = String(new.dropFirst())
    return "<\(address)>"
  }

  /// Whether the rules delete a recipient.
  func deletes(_ recipient: String) -> Bool { !matching(.delrcpt, recipient).isEmpty }

  /// The recipients that the rules add for a recipient.
  func additions(for recipient: String) -> [String] {
    matching(.addrcpt, recipient).flatMap(\.addresses)
  }

  private func matching(_ verb: Verb, _ path: String) -> [Rule] {
    let address = MailAddress(path)
    return rules.filter { $0.verb == verb && $0.pattern.matches(path, address) }
  }
}

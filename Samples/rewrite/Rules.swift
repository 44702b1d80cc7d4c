import MilterMail
import MilterPlatform

/// The rules of a map file.
struct Rules: Sendable {
  private enum Verb: String { case chgfrom, addrcpt, delrcpt }

  private struct Rule {
    let verb: Verb
    let pattern: Pattern
    let addresses: [String]
  }

  /// A mistake in a map file, with its place.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private var rules: [Rule] = []

  /// No rules.
  init() {}

  /// Reads a file.
  init(file path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    let size = file < 0 ? -1 : Int(lseek(file, 0, SEEK_END))
    defer { if file >= 0 { close(file) } }
    var bytes = [UInt8](repeating: 0, count: max(0, size))
    guard size >= 0, pread(file, &bytes, size, 0) == size else {
      throw Failure(description: "\(path): \(String(cString: strerror(errno)))")
    }
    try self.init(String(decoding: bytes, as: UTF8.self), named: path)
  }

  /// Reads rules, one a line; `#` begins a comment.
  init(_ text: String, named path: String = "map") throws {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0.isWhitespace }.map(String.init)
      guard let first = words.first else { continue }
      func fail(_ reason: String) -> Failure {
        Failure(description: "\(path):\(index + 1): \(reason)")
      }
      guard let verb = Verb(rawValue: first) else {
        throw fail("\(first): not one of chgfrom, addrcpt, delrcpt")
      }
      guard words.count > 1, let pattern = Pattern(words[1]) else {
        throw fail("\(first) needs an address, @domain, * or <> after it")
      }
      let addresses = words.dropFirst(2).map(Self.bare)
      let isWhole: (String) -> Bool = { MailAddress($0) != nil }
      switch verb {
      case .chgfrom:
        guard addresses.count == 1,
          addresses.allSatisfy({ isWhole($0) || $0.isEmpty || $0.hasPrefix("@") && $0.count > 1 })
        else { throw fail("chgfrom needs one address, @domain or <> after the pattern") }
      case .addrcpt:
        guard !addresses.isEmpty, addresses.allSatisfy(isWhole) else {
          throw fail("addrcpt needs addresses after the pattern")
        }
      case .delrcpt:
        guard addresses.isEmpty else { throw fail("delrcpt takes nothing after the pattern") }
      }
      rules.append(Rule(verb: verb, pattern: pattern, addresses: addresses))
    }
  }

  /// An address without angle brackets.
  static func bare(_ path: String) -> String {
    path.hasPrefix("<") && path.hasSuffix(">") ? String(path.dropFirst().dropLast()) : path
  }

  /// The sender that replaces another; `nil` if the sender stays.
  func sender(insteadOf sender: String) -> String? {
    guard let new = matching(.chgfrom, sender).first?.addresses.first else { return nil }
    guard new.hasPrefix("@") else { return "<\(new)>" }
    guard var address = MailAddress(sender) else { return nil }
    address.domain = String(new.dropFirst())
    return "<\(address)>"
  }

  /// Whether a recipient does not get the message.
  func deletes(_ recipient: String) -> Bool { !matching(.delrcpt, recipient).isEmpty }

  /// The recipients that are added because of a recipient.
  func additions(for recipient: String) -> [String] {
    matching(.addrcpt, recipient).flatMap(\.addresses)
  }

  private func matching(_ verb: Verb, _ path: String) -> [Rule] {
    let address = MailAddress(path)
    return rules.filter { $0.verb == verb && $0.pattern.matches(path, address) }
  }
}

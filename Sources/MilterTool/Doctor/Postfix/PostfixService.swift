/// A service of `master.cf`.
struct PostfixService: Sendable {
  /// A parameter of the service, from `-o`.
  struct Override: Hashable, Sendable {
    let name: String
    let value: String
  }

  /// The options of Postfix daemons with an argument; the others are flags.
  private static let optionsWithArgument: Set<Character> = ["i", "m", "n", "o", "s", "t"]

  /// Its name and type, such as `smtp inet`.
  let name: String
  /// The program, such as `smtpd`.
  let program: String
  /// Whether it runs in the queue directory; `nil` for the default of the Postfix release.
  let isChrooted: Bool?
  /// Whether it runs as root.
  let isPrivileged: Bool
  private(set) var overrides: [Override] = []
  /// The options that prevent the service from starting, each with the reason.
  private(set) var mistakes: [(option: String, why: String)] = []
  /// The options that are accepted but have no effect.
  private(set) var idle: [String] = []

  /// Reads a logical line; `nil` if fields are missing.
  init?(_ line: String) {
    let fields = PostfixText.fields(line, commas: false)
    guard fields.count >= 8 else { return nil }
    name = "\(fields[0]) \(fields[1])"
    program = String(fields[7].split(separator: "/").last ?? "")
    isChrooted = fields[4] == "-" ? nil : fields[4] == "y"
    isPrivileged = fields[3] == "n"
    read(fields.dropFirst(8))
  }

  /// Whether only this machine can connect to it, such as a service for mail from a content filter.
  var isInternal: Bool {
    let address = name.split(separator: " ").first ?? ""
    return ["127.", "localhost:", "[::1]:", "::1:"].contains { address.hasPrefix($0) }
  }

  /// Returns the value of the service's own parameter; the last one counts.
  func own(_ name: String) -> String? { overrides.last { $0.name == name }?.value }

  /// Reads arguments as `getopt` does.
  private mutating func read(_ arguments: ArraySlice<String>) {
    var arguments = arguments
    while let word = arguments.popFirst(), word.hasPrefix("-"), word != "-", word != "--" {
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard Self.optionsWithArgument.contains(letter) else { continue }
        let isAttached = !letters.isEmpty
        let argument = isAttached ? String(letters) : arguments.popFirst() ?? ""
        letters = ""
        if letter == "o" { override(argument, isAttached: isAttached) }
      }
    }
  }

  private mutating func override(_ argument: String, isAttached: Bool) {
    do throws(PostfixText.Mistake) {
      // The master removes the braces, but only if an argument begins with them.
      let text = isAttached ? argument : try PostfixText.unbraced(argument)
      let (name, value) = try PostfixText.assignment(text)
      if name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
        overrides.append(Override(name: name, value: value))
      } else {
        idle.append(argument)
      }
    } catch {
      mistakes.append((argument, "\(error)"))
    }
  }
}

import MilterSystem

/// The endpoint of a filter, as Sendmail reads `S=`.
enum SendmailEndpoint: Hashable, Sendable {
  /// The reason why Sendmail cannot use the endpoint.
  struct Mistake: Error, Hashable, Sendable { let why: String }

  case inet(SocketSpec.Family, host: String, port: String)
  case unix(String)

  /// Reads the text after `S=`.
  static func read(_ text: String) -> Result<Self, Mistake> {
    guard let colon = text.firstIndex(of: ":") else { return .success(.unix(text)) }
    let rest = text[text.index(after: colon)...]
    switch text[..<colon] {
    case "", "unix", "local": return .success(.unix(String(rest)))
    case "inet": return inet(.inet, rest)
    case "inet6": return inet(.inet6, rest)
    default:
      return .failure(Mistake(why: "Sendmail knows inet:, inet6:, unix: and local: only"))
    }
  }

  private static func inet(
    _ family: SocketSpec.Family, _ text: Substring
  ) -> Result<Self, Mistake> {
    guard let at = text.firstIndex(of: "@") else {
      let isPostfix = text.contains(":")
      return .failure(
        Mistake(
          why: isPostfix
            ? "that is Postfix's notation; Sendmail wants the port first"
            : "Sendmail wants a host: \"expected port@host\""))
    }
    let host = text[text.index(after: at)...]
    if host.hasPrefix("[") {
      // Observed with 8.17.1: it does not set the length of such an address.
      return .failure(
        Mistake(why: "Sendmail does not connect to addresses in brackets: \"Invalid argument\""))
    }
    if host.contains(where: \.isWhitespace) {
      return .failure(Mistake(why: "\"\(host)\" is not a host; fields are separated by commas"))
    }
    return .success(.inet(family, host: String(host), port: String(text[..<at])))
  }
}

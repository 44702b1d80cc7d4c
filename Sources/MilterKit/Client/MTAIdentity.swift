import MilterCore
import MilterMTA

/// The MTA that a filter serves, according to its macros; see ``ClientReporting/mta``.
public struct MTAIdentity: Hashable, Sendable {
  /// An MTA that the library knows.
  public enum Kind: Hashable, Sendable {
    /// Postfix.
    case postfix
    /// Sendmail.
    case sendmail
    /// Another MTA, or one that has not yet identified itself.
    case other
  }

  /// The kind of MTA.
  public let kind: Kind
  /// The release, such as `3.7.11` or `8.17.1.9`; `nil` if the MTA does not send it.
  ///
  /// Sendmail sends it only if the filter requests the macro `v`, for example with ``MilterBase/wantsClient``.
  public let release: String?

  init(_ symbols: MilterSymbols) {
    let value = symbols[.mtaVersion].map { String(decoding: $0, as: UTF8.self) } ?? ""
    let words = value.split(separator: " ", maxSplits: 1)
    if words.first == "Postfix" {
      kind = .postfix
      release = words.dropFirst().first.map(String.init)
    } else if let first = words.first, first.hasPrefix("8."), words.count == 1 {
      kind = .sendmail
      // Packagers append their own release after a slash.
      release = first.split(separator: "/").first.map(String.init)
    } else if words.isEmpty, symbols[.ifName] != nil {
      // Of the two, only Sendmail has this macro, and only Postfix sends `v` by default.
      kind = .sendmail
      release = nil
    } else {
      kind = .other
      release = nil
    }
  }

  /// Whether the MTA checks all lines of a filter's reply: Postfix 3.11, and a Postfix of an unknown release.
  var checksEachLine: Bool {
    kind == .postfix && (release.flatMap { MTAVersion($0) }.map { $0 >= "3.11" } ?? true)
  }

  /// Whether a discard of an unknown command has no effect on the message: Postfix 3.10, and a Postfix of an
  /// unknown release.
  var ignoresUnknownDiscard: Bool {
    kind == .postfix && (release.flatMap { MTAVersion($0) }.map { $0 >= "3.10" } ?? true)
  }
}

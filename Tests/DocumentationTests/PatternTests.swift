import Foundation
import MilterProcessFixtures
import Testing

/// Phrases that readers stumble over, in comments, articles, help texts, and messages.
struct PatternTests {
  /// A phrase, as a regular expression, and what to write instead.
  ///
  /// A space also matches the end of a line, with the marks of a comment on the next one. Case is
  /// ignored.
  private struct Pattern {
    let expression: String
    let instead: String

    init(_ expression: String, _ instead: String) {
      self.expression = expression
      self.instead = instead
    }
  }

  private static let patterns = [
    Pattern(
      #"\b(so (many|often)|for so long)\b"#, "\"the number of …\", \"every …\", \"for SECONDS\""),
    Pattern(
      #"\b(if (it is|they are)|(that|which) (is|are)) none\b"#, "\"if the input is not a valid …\""),
    Pattern(#"\bstops to serve\b"#, "\"stops serving\", or \"stops in order to serve\""),
    Pattern(
      #"\b(?!one\b)[\w`]+ of (the|a|an) \w+'s own\b(?! \w)"#, "\"the filter's own …\""),
    Pattern(#"\bnothing like it\b"#, "\"libmilter has no equivalent\""),
    Pattern(#"\bas ever\b|\bfor want of\b|\bcom(e|es|ing) to nothing\b"#, "say what happens"),
    Pattern(#"\bshall\b|\bhad better\b"#, "\"must\", \"should\", or the present tense"),
    Pattern(#"\b(is|are|was|were) to be\b"#, "\"must be\", \"should be\", or the present tense"),
    Pattern(#"\bhas it all\b"#, "a link: \"See <doc:X>.\""),
    Pattern(
      #"\bwhoever\b|\bwho comes\b|(?-i:(///?|[.*#]) Who [a-z][^?\n]*$)"#,
      "name who does it"),
    Pattern(
      #"\b(is|are|was|were|be|as) said\b"#, "\"is given\", \"is specified\", \"is reported\""),
    // Text in quotes does not count, because error messages quote header fields and peers.
    Pattern(
      #"^[^"\n]*\b(says|said)\b"#, "\"specifies\", \"reports\", \"returns\", \"describes\""),
    Pattern(#"\b(tells?|told) of\b"#, "\"reports\", \"sends\", \"shows\""),
    Pattern(#"\bcannot tell\b|\b(will|can) tell[.,;]"#, "\"cannot determine\", \"reports it\""),
    Pattern(#", (too|either)(?=[.,;:)]|$)"#, "\"also\" before the verb, or nothing"),
    Pattern(
      #"\bbehind (the others|them|those|each)\b"#,
      "\"after\" for a place in a list or a text"),
    Pattern(#"\bslowest hundredth\b"#, "\"p99 latency\""),
  ]

  /// Files that quote such phrases.
  private static let exempt: Set = [
    "Tests/DocumentationTests/PatternTests.swift",
    "Tests/MilterMailTests/MIME/MIMEMessageTests.swift",
  ]

  /// The paths of the files with text for readers, except those that a build has fetched.
  private static let files: [String] = {
    let kinds = ["swift", "md", "c", "h", "sh", "conf", "cf", "mc", "cfg", "yml", "service"]
    let found = PackageFiles.paths(
      below: ["Sources", "Compat", "Samples", "Tests"], endingIn: kinds.map { ".\($0)" })
    return ["README.md", "CONTRIBUTING.md"] + found.filter { !exempt.contains($0) }
  }()

  /// Creates the regular expression of a pattern.
  private static func expression(_ pattern: Pattern) throws -> NSRegularExpression {
    let space = #"(?:\x20|\n\x20*(?:/{2,3}|\*|#)?\x20*)"#
    return try NSRegularExpression(
      pattern: pattern.expression.replacing(" ", with: space),
      options: [.caseInsensitive, .anchorsMatchLines])
  }

  /// Returns the numbers of the lines where a text has matches.
  private static func lines(of expression: NSRegularExpression, in text: String) -> [Int] {
    let all = NSRange(text.startIndex..., in: text)
    return expression.matches(in: text, range: all).compactMap { match in
      // A match can span lines. The line of its last word counts.
      guard let range = Range(match.range, in: text) else { return nil }
      return text[..<range.upperBound].split(separator: "\n", omittingEmptySubsequences: false)
        .count
    }
  }

  @Test func `No text has a phrase that readers stumble over`() throws {
    #expect(Self.files.count > 1000)
    let expressions = try Self.patterns.map { ($0, try Self.expression($0)) }
    for path in Self.files {
      let text = try PackageFiles.text(of: path)
      for (pattern, expression) in expressions {
        for line in Self.lines(of: expression, in: text) {
          Issue.record("\(path):\(line): \(pattern.expression); write \(pattern.instead)")
        }
      }
    }
  }

  @Test(arguments: [
    ("/// So many bytes.", 1), ("// Ends\n  // as ever.", 2), ("It is here, too", 1),
    ("/// The option\n/// says it.", 2), ("nil if it is\n  /// none", 2),
    ("* a place behind\n* the others", 2), ("// Who may enter need not list it.", 1),
    ("A verdict of the filter's own.", 1),
  ])
  func `A phrase is found, also across a line break`(_ text: String, _ line: Int) throws {
    let found = try Self.patterns.flatMap {
      Self.lines(of: try Self.expression($0), in: text)
    }
    #expect(found == [line])
  }

  @Test(arguments: [
    "A filter behind a socket", "It leaves nothing behind.", "nil if there is none",
    "Too many bytes", "/// The user who starts it.", "// Who answers?",
    "fail(\"the header says \\(name)\")", "one of the host's own", "text of a filter's own errors",
    "The client is told to try again later.",
  ])
  func `Text without such a phrase passes`(_ text: String) throws {
    for pattern in Self.patterns {
      #expect(Self.lines(of: try Self.expression(pattern), in: text).isEmpty)
    }
  }
}

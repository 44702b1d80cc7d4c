public import MilterKit

/// A store of triplets and the times at which they were seen.
///
/// A triplet is a network, a sender, and a recipient.
public protocol TripletStore: AnyObject, Sendable {
  /// The options of a program with this store, in addition to ``TripletTimes/options``.
  static var options: [any MilterProgramOption] { get }
  /// The store that all connections of a program share, or why it cannot be opened.
  static var shared: Result<Self, any Error> { get }

  /// The current times.
  var times: TripletTimes { get set }

  /// Looks a triplet up, and remembers it.
  ///
  /// A triplet that is new, or that has not returned within ``TripletTimes/window``, waits for
  /// ``TripletTimes/delay``. A triplet that returns after the delay passes. It continues to pass while mail
  /// comes at least every ``TripletTimes/keep``.
  ///
  /// - Returns: How long the triplet has to wait.
  /// - Throws: An error if the store cannot decide. The mail is then deferred.
  func check(_ triplet: [String]) throws -> TripletAnswer
}

extension TripletStore {
  /// The maximum length of a word in a key, in bytes: the longest path that RFC 5321 allows (4.5.3.1.3).
  private static var maxWordLength: Int { 256 }

  /// Returns the key of a triplet: its words with spaces between them, on one line.
  ///
  /// Longer words are cut, so that a client cannot fill a store with long addresses. Two addresses count as
  /// one if only the bytes after the 256th differ.
  public static func key(_ triplet: [String]) -> [UInt8] {
    let words = triplet.map { word in escaped(word).utf8.prefix(maxWordLength) }
    return Array(words.joined(separator: " ".utf8))
  }

  /// Escapes the characters that separate words and lines.
  private static func escaped(_ word: String) -> String {
    word.unicodeScalars.map { scalar in
      let isSeparator = scalar.value <= 32 || scalar == "%"
      return isSeparator ? "%\(scalar.value);" : "\(scalar)"
    }.joined()
  }
}

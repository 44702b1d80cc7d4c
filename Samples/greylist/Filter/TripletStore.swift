public import MilterKit

/// Remembers who was seen when.
///
/// A triplet is a network, a sender, and a recipient.
public protocol TripletStore: AnyObject, Sendable {
  /// The options of a program with this store, besides ``TripletTimes/options``.
  static var options: [any MilterProgramOption] { get }
  /// The store that all connections of a program share, opened as its settings say.
  static var shared: Result<Self, any Error> { get }

  /// The times that count now.
  var times: TripletTimes { get set }

  /// Looks a triplet up, and remembers it.
  ///
  /// A triplet that has not been seen for ``TripletTimes/window`` waits for ``TripletTimes/delay``. One that
  /// comes back after that passes, and goes on passing while it comes at least every
  /// ``TripletTimes/keep``.
  ///
  /// - Returns: the number of seconds that the triplet has to wait, 0 if it passes; and why the store
  ///   may forget it too early, `nil` if it does not.
  /// - Throws: an error if the store cannot decide, and mail has to wait for it.
  func check(_ triplet: [String]) throws -> (wait: Int, failure: (any Error)?)
}

extension TripletStore {
  /// The bytes that stand for a triplet: its words with spaces in between, on one line.
  public static func key(_ triplet: [String]) -> [UInt8] {
    Array(triplet.map(escaped).joined(separator: " ").utf8)
  }

  // Without what separates words and lines.
  private static func escaped(_ word: String) -> String {
    word.unicodeScalars.map { $0.value <= 32 || $0 == "%" ? "%\($0.value);" : "\($0)" }.joined()
  }
}

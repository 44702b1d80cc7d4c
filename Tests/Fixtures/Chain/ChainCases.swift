import Foundation

/// The numbers of random sessions, from the environment variable `CHAIN_CASES`.
///
/// The variable has the number of sessions, or the first and the last one: `1000`, or `4058-4058`.
public enum ChainCases {
  /// Returns the numbers of the sessions to play.
  ///
  /// - Parameter count: The number of sessions unless the variable is set.
  /// - Returns: The numbers, each of which always selects the same session.
  public static func numbers(_ count: Int) -> Range<Int> {
    let text = ProcessInfo.processInfo.environment["CHAIN_CASES"] ?? ""
    let words = text.split(separator: "-").compactMap { Int($0) }
    guard let first = words.first, let last = words.last else { return 0..<count }
    return words.count == 1 ? 0..<first : first..<(max(first, last) + 1)
  }
}

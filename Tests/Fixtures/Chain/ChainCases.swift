import Foundation

/// The numbers of random sessions, from the environment's variable `CHAIN_CASES`.
///
/// It is the number of sessions, or the first and the last one: `1000`, or `4058-4058`.
public enum ChainCases {
  /// The numbers to play.
  ///
  /// - Parameter count: How many there are unless the variable is set.
  /// - Returns: The numbers, each of which stands for the same session at any time.
  public static func numbers(_ count: Int) -> Range<Int> {
    let text = ProcessInfo.processInfo.environment["CHAIN_CASES"] ?? ""
    let words = text.split(separator: "-").compactMap { Int($0) }
    guard let first = words.first, let last = words.last else { return 0..<count }
    return words.count == 1 ? 0..<first : first..<(max(first, last) + 1)
  }
}

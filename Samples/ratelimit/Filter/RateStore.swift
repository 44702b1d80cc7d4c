public import MilterKit

/// Remembers how much each user has sent.
public protocol RateStore: AnyObject, Sendable {
  /// The options of a program with this store, besides those of the rate.
  static var options: [any MilterProgramOption] { get }
  /// The store that all connections of a program share.
  static var shared: Self { get }

  /// The rate that counts now.
  var rate: Rate { get set }

  /// Counts a message or a recipient, by the generic cell rate algorithm.
  ///
  /// - Returns: `nil` if it may be sent; otherwise by how much it comes too early, and it does not
  ///   count.
  /// - Throws: an error if the store cannot decide, and mail has to wait for it.
  func admit(_ user: String) throws -> RateExcess?
}

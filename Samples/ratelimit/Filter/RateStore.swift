public import MilterKit

/// A store of the amount of mail that each user has sent.
public protocol RateStore: AnyObject, Sendable {
  /// The options of a program with this store, in addition to those of the rate.
  static var options: [any MilterProgramOption] { get }
  /// The store that all connections of a program share.
  static var shared: Self { get }

  /// The current rate.
  var rate: Rate { get set }

  /// Counts a message or a recipient, by the generic cell rate algorithm.
  ///
  /// - Returns: `nil` if the user may send it. Otherwise the message or recipient is not counted, and the
  ///   result is the time that the user has to wait.
  /// - Throws: An error if the store cannot decide. The mail is then deferred.
  func admit(_ user: String) throws -> RateExcess?
}

package import MilterCore

/// A link to a filter whose replies are there when a send returns.
///
/// It reports the reply continue, which is nearly every reply, without its bytes.
package protocol PlainLink: FilterLink {
  /// Sends the macros and the command of one step.
  ///
  /// - Parameters:
  ///   - bytes: The macros and the command.
  ///   - isAnswered: Whether the filter replies to this step.
  /// - Returns: Whether the filter has replied continue, or nothing if it does not reply. Otherwise, its replies
  ///   were delivered as usual.
  func tell(_ bytes: ByteWriter, isAnswered: Bool) -> Bool
}

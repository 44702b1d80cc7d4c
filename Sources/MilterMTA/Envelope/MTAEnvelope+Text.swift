import MilterCore

extension MTAEnvelope.Path: CustomStringConvertible {
  /// The address and its arguments as text.
  public var description: String {
    ([address] + arguments).map { VisibleText.escaped($0) }.joined(separator: " ")
  }
}

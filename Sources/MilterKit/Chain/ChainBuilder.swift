/// Builds the list of a ``MilterChain``'s members from filters and ``ChainMember`` values.
@resultBuilder
public enum ChainBuilder {
  /// Creates a member from a filter; see ``ChainMember/filter(_:)``.
  public static func buildExpression<Filter: MilterBase>(
    _ filter: @autoclosure @escaping () -> Filter
  ) -> [ChainMember] {
    [.filter(filter())]
  }
  /// Returns a member as a list.
  public static func buildExpression(_ member: ChainMember) -> [ChainMember] { [member] }
  /// Returns members unchanged.
  public static func buildExpression(_ members: [ChainMember]) -> [ChainMember] { members }
  /// Concatenates lists of members.
  public static func buildBlock(_ members: [ChainMember]...) -> [ChainMember] {
    members.flatMap(\.self)
  }
  /// Returns the members of an `if` without `else`.
  public static func buildOptional(_ members: [ChainMember]?) -> [ChainMember] { members ?? [] }
  /// Returns the members of an `if`.
  public static func buildEither(first members: [ChainMember]) -> [ChainMember] { members }
  /// Returns the members of an `else`.
  public static func buildEither(second members: [ChainMember]) -> [ChainMember] { members }
  /// Returns the members of a loop.
  public static func buildArray(_ members: [[ChainMember]]) -> [ChainMember] {
    members.flatMap(\.self)
  }
}

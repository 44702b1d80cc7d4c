/// Makes the list of a ``MilterChain``'s members: filters, and ``ChainMember`` values.
@resultBuilder
public enum ChainBuilder {
  /// Makes a member of a filter; see ``ChainMember/filter(_:)``.
  public static func buildExpression<Filter: MilterBase>(
    _ filter: @autoclosure @escaping () -> Filter
  ) -> [ChainMember] {
    [.filter(filter())]
  }
  /// Takes a member.
  public static func buildExpression(_ member: ChainMember) -> [ChainMember] { [member] }
  /// Takes members.
  public static func buildExpression(_ members: [ChainMember]) -> [ChainMember] { members }
  /// Puts members one after the other.
  public static func buildBlock(_ members: [ChainMember]...) -> [ChainMember] {
    members.flatMap(\.self)
  }
  /// Takes the members of an `if` without `else`.
  public static func buildOptional(_ members: [ChainMember]?) -> [ChainMember] { members ?? [] }
  /// Takes the members of an `if`.
  public static func buildEither(first members: [ChainMember]) -> [ChainMember] { members }
  /// Takes the members of an `else`.
  public static func buildEither(second members: [ChainMember]) -> [ChainMember] { members }
  /// Takes the members of a loop.
  public static func buildArray(_ members: [[ChainMember]]) -> [ChainMember] {
    members.flatMap(\.self)
  }
}

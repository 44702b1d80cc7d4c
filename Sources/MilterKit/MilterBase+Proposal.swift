import MilterCore
import MilterRuntime

extension MilterBase {
  /// Returns the request of the filter's class, before `negotiate` can change it.
  final func proposal(_ offered: MilterOptions, _ context: Conversation) throws -> MilterOptions {
    let type = type(of: self)
    let wishes = try DeclaredWishes(of: type)
    if !wishes.macros.isEmpty { context.session.declareMacros(wishes.macros) }
    var wanted = context.session.proposalInPlace(type.actions)
    wishes.add(to: &wanted, offered)
    fakesLeadingSpace = wishes.fakesLeadingSpace(offered)
    return wanted
  }
}

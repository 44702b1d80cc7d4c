import MilterCore
import MilterMTA

extension MilterPlan: CustomStringConvertible {
  /// The actions, each on a line.
  public var description: String { actions.map(\.description).joined(separator: "\n") }
}

extension MilterPlan.Action: CustomStringConvertible {
  /// The action on one line in ASCII; the names are those of ``MilterBase``'s methods.
  public var description: String {
    if case .replacebody(let body) = self { return "replacebody, \(body.count) bytes" }
    return reply(hasLeadingSpace: true)?.changeText(hasLeadingSpace: true) ?? ""
  }

  /// The name of the action.
  var name: String {
    switch self {
    case .addheader: "addheader"
    case .insheader: "insheader"
    case .chgheader: "chgheader"
    case .chgfrom: "chgfrom"
    case .addrcpt: "addrcpt"
    case .delrcpt: "delrcpt"
    case .quarantine: "quarantine"
    case .replacebody: "replacebody"
    }
  }

  /// The flag that the action needs.
  var flag: MilterActionFlags {
    switch self {
    case .addheader, .insheader: .addhdrs
    case .chgheader: .chghdrs
    case .chgfrom: .chgfrom
    case .addrcpt(let path): path.rawArguments.isEmpty ? .addrcpt : .addrcptPar
    case .delrcpt: .delrcpt
    case .quarantine: .quarantine
    case .replacebody: .chgbody
    }
  }
}

import MilterCore
import MilterMTA

extension MilterPlan: CustomStringConvertible {
  /// The actions, one a line.
  public var description: String { actions.map(\.description).joined(separator: "\n") }

  /// The actions with the names of fields and the sizes of values, one each, without content.
  var summary: [String] { actions.map(\.summary) }
}

extension MilterPlan.Action: CustomStringConvertible {
  /// The action on one line, in plain ASCII: the names are those of ``MilterBase``'s methods.
  public var description: String {
    if case .replacebody(let body) = self { return "replacebody, \(body.count) bytes" }
    return reply(hasLeadingSpace: true)?.changeText(hasLeadingSpace: true) ?? ""
  }

  /// The action without content.
  var summary: String {
    switch self {
    case .addheader(let name, let value): "addheader \(name), \(value.count) bytes"
    case .insheader(let index, let name, let value):
      "insheader \(index) \(name), \(value.count) bytes"
    case .chgheader(let index, let name, let value):
      "chgheader \(name) \(index), " + (value.isEmpty ? "deleted" : "\(value.count) bytes")
    case .chgfrom(let path, _): "chgfrom, \(path.rawValue.count) bytes"
    case .addrcpt(let path): "addrcpt, \(path.rawValue.count) bytes"
    case .delrcpt(let path): "delrcpt, \(path.rawValue.count) bytes"
    case .quarantine(let reason): "quarantine, \(reason.utf8.count) bytes"
    case .replacebody(let body): "replacebody, \(body.count) bytes"
    }
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
    case .addrcpt(let path): path.arguments.isEmpty ? .addrcpt : .addrcptPar
    case .delrcpt: .delrcpt
    case .quarantine: .quarantine
    case .replacebody: .chgbody
    }
  }
}

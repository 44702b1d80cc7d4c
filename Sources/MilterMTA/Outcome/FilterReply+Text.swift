package import MilterCore

extension FilterReply {
  /// Returns a change on one line, in ASCII.
  ///
  /// - Parameter hasLeadingSpace: Whether values include the space after the colon.
  /// - Returns: The name of the action, and its arguments.
  package func changeText(hasLeadingSpace: Bool = false) -> String {
    let colon = hasLeadingSpace ? ":" : ": "
    switch self {
    case .addheader(let name, let value):
      return "addheader \(VisibleText.escaped(name))\(colon)\(VisibleText.escaped(value))"
    case .insheader(let index, let name, let value):
      return "insheader \(index) \(VisibleText.escaped(name))\(colon)\(VisibleText.escaped(value))"
    case .chgheader(let index, let name, let value):
      let place = "chgheader \(VisibleText.escaped(name)) \(index)"
      return value.isEmpty ? "\(place), deleted" : "\(place)\(colon)\(VisibleText.escaped(value))"
    case .chgfrom(let address, let arguments):
      return Self.words("chgfrom", address, arguments)
    case .addrcpt(let address): return Self.words("addrcpt", address, nil)
    case .addrcptPar(let address, let arguments):
      return Self.words("addrcptPar", address, arguments)
    case .delrcpt(let address): return Self.words("delrcpt", address, nil)
    case .replacebody(let chunk): return "replacebody, \(chunk.count) bytes"
    case .quarantine(let reason): return "quarantine: \(VisibleText.escaped(reason))"
    default: return "\(code)"
    }
  }

  private static func words(_ action: String, _ address: [UInt8], _ arguments: [UInt8]?) -> String {
    let words =
      [action, VisibleText.escaped(address)] + (arguments.map { [VisibleText.escaped($0)] } ?? [])
    return words.joined(separator: " ")
  }
}

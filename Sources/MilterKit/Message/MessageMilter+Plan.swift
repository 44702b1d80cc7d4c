import MilterCore
import MilterRuntime

extension MessageMilter {
  /// Sends the changes of a plan to the MTA.
  final func carryOut(_ plan: MilterPlan) throws {
    guard !plan.isEmpty else { return }
    let context = try attached("message")
    let hasLeadingSpace = context.session.agreed.steps.contains(.hdrLeadspc)
    for action in plan.actions {
      if case .replacebody(let body) = action {
        try replace(body, context)
      } else if let reply = action.reply(hasLeadingSpace: hasLeadingSpace) {
        try context.add(reply)
      }
    }
  }

  private final func replace(_ body: MilterMessage.Body, _ context: Conversation) throws {
    var reader = body.reader
    var isEmpty = true
    while let chunk = try reader.next() {
      isEmpty = false
      try context.replacebody(chunk.span.bytes)
    }
    if isEmpty { try context.replacebody([UInt8]().span.bytes) }
  }
}

extension MilterPlan.Action {
  /// The packet for the MTA; `nil` for a body, which may need several packets.
  func reply(hasLeadingSpace: Bool) -> FilterReply? {
    switch self {
    case .addheader(let name, let value):
      return .addheader(name: Array(name.utf8), value: wire(value, hasLeadingSpace))
    case .insheader(let index, let name, let value):
      return .insheader(
        index: UInt32(index), name: Array(name.utf8), value: wire(value, hasLeadingSpace))
    case .chgheader(let index, let name, let value):
      return .chgheader(
        index: UInt32(index), name: Array(name.utf8), value: wire(value, hasLeadingSpace))
    case .chgfrom(let path, let parameters):
      return .chgfrom(path.rawValue, arguments: Self.joined(parameters.rawArguments))
    case .addrcpt(let path):
      return path.rawArguments.isEmpty
        ? .addrcpt(path.rawValue)
        : .addrcptPar(path.rawValue, arguments: Self.joined(path.rawArguments))
    case .delrcpt(let path): return .delrcpt(path.rawValue)
    case .quarantine(let reason): return .quarantine(Array(reason.utf8))
    case .replacebody: return nil
    }
  }

  /// The value for the MTA, which may add the space itself.
  private func wire(_ value: [UInt8], _ hasLeadingSpace: Bool) -> [UInt8] {
    !hasLeadingSpace && value.first == 0x20 ? Array(value.dropFirst()) : value
  }

  private static func joined(_ arguments: [[UInt8]]) -> [UInt8]? {
    arguments.isEmpty ? nil : Array(arguments.joined(separator: [0x20]))
  }
}

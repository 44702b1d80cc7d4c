import MilterCore
import SoakRules

/// One message as the MTA sends it, and the replies that the filter must send.
struct MailPlan {
  /// The bytes of one write, and the exact reply; after the last step, the message has ended.
  struct Step {
    let bytes: [UInt8]
    let reply: [UInt8]
  }

  private(set) var steps: [Step] = []
  private let order: SoakOrder
  private var hash = SoakHash()

  /// Plans the message with a number.
  init(number: Int, using chance: inout Chance) {
    let deed: SoakOrder.Deed =
      chance.one(in: 3) ? SoakOrder.Deed.allCases[chance.below(6)] : .accept
    let stage: SoakOrder.Stage =
      chance.one(in: 3) ? SoakOrder.Stage.allCases[chance.below(5)] : .eom
    order = SoakOrder(deed, at: stage, number: number)
    hash.add(order.sender.utf8)
    let mail = MTACommand.mail([bytes(order.sender)]).bytes
    if add(.envfrom, macros(.mail, "i", "\(number)") + mail) { return }
    for index in 0...chance.below(3) {
      let recipient = bytes("<\(index)@soak.example>")
      hash.add(recipient)
      let macro = macros(.rcpt, "{rcpt_addr}", "\(index)@soak.example")
      add(macro + MTACommand.rcpt([recipient]).bytes)
    }
    for index in 0...chance.below(10) {
      let (name, value) = (bytes("X-Number-\(index)"), chance.text(upTo: 200))
      hash.add(name)
      hash.add(value)
      if add(.header, MTACommand.header(name: name, value: value).bytes) { return }
    }
    if add(.eoh, macros(.eoh, "i", "\(number)") + MTACommand.eoh.bytes) { return }
    for _ in 0...chance.below(2) {
      let chunk = chance.text(upTo: chance.one(in: 50) ? 65535 : 4000)
      hash.add(chunk)
      if add(.body, MTACommand.body(chunk).bytes) { return }
    }
    _ = add(.eom, macros(.endOfBody, "i", "\(number)") + MTACommand.endOfBody([]).bytes)
  }

  /// Adds a step whose reply is continue.
  private mutating func add(_ bytes: [UInt8]) {
    steps.append(Step(bytes: bytes, reply: FilterReply.continue.bytes))
  }

  /// Adds a step at which the filter may have an order; returns whether this step ends the message.
  private mutating func add(_ stage: SoakOrder.Stage, _ bytes: [UInt8]) -> Bool {
    let isOrdered = stage == order.stage && !steps.contains { $0.reply != Self.goOn }
    var reply = isOrdered ? verdict : Self.goOn
    let isOver = reply != Self.goOn
    if stage == .eom {
      let field = self.bytes(hash.field(of: order.number))
      reply = FilterReply.addheader(name: self.bytes("X-Soak"), value: field).bytes + reply
    }
    steps.append(Step(bytes: bytes, reply: reply))
    return isOver
  }

  private static let goOn = FilterReply.continue.bytes

  private var verdict: [UInt8] {
    switch order.deed {
    case .accept: FilterReply.accept.bytes
    case .reject: FilterReply.replycode(bytes("550 5.7.1 \(order.refusal)")).bytes
    case .tempfail, .fault: FilterReply.tempfail.bytes
    case .discard: FilterReply.discard.bytes
    case .slow: Self.goOn
    }
  }

  private func macros(_ owner: MTACommandCode, _ name: String, _ value: String) -> [UInt8] {
    MTACommand.macro(owner.rawValue, [MilterMacro(name, value)]).bytes
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

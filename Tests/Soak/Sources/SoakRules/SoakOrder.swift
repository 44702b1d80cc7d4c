/// An order to the filter in a message's sender address: `<reject.eoh.1234@soak.example>`.
public struct SoakOrder: Hashable, Sendable {
  /// What to do.
  public enum Deed: String, CaseIterable, Sendable {
    /// Accept the message.
    case accept
    /// Reject the message with a reply that names it.
    case reject
    /// Tempfail the message.
    case tempfail
    /// Discard the message.
    case discard
    /// Throw an error. A C filter returns tempfail instead.
    case fault
    /// Take some time, and continue.
    case slow
  }

  /// The step at which to do it; if there are several header fields or body chunks, the first of them.
  public enum Stage: String, CaseIterable, Sendable {
    /// MAIL.
    case envfrom
    /// A header.
    case header
    /// The end of the headers.
    case eoh
    /// The body.
    case body
    /// The end of the message.
    case eom
  }

  /// What to do.
  public let deed: Deed
  /// Where.
  public let stage: Stage
  /// The message's number.
  public let number: Int

  /// Creates an order.
  public init(_ deed: Deed, at stage: Stage, number: Int) {
    self.deed = deed
    self.stage = stage
    self.number = number
  }

  /// Reads an order; `nil` for another sender.
  public init?(sender: String) {
    let words = sender.split { "<.@>".contains($0) }
    guard words.count > 2, let deed = Deed(rawValue: String(words[0])),
      let stage = Stage(rawValue: String(words[1])), let number = Int(words[2])
    else { return nil }
    self.init(deed, at: stage, number: number)
  }

  /// The sender address that carries the order.
  public var sender: String { "<\(deed).\(stage).\(number)@soak.example>" }

  /// The text of the reply that refuses the message.
  public var refusal: String { "order \(number)" }
}

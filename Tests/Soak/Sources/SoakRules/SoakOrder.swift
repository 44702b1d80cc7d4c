/// What a message's sender tells the filter to do, and where: `<reject.eoh.1234@soak.example>`.
public struct SoakOrder: Hashable, Sendable {
  /// What to do.
  public enum Deed: String, CaseIterable, Sendable {
    /// Accept the message.
    case accept
    /// Refuse it with a reply of its own, which names the message.
    case reject
    /// Refuse it for now.
    case tempfail
    /// Throw it away.
    case discard
    /// Throw an error; a C filter answers tempfail itself.
    case fault
    /// Take some time, and let the message go on.
    case slow
  }

  /// Where to do it; with several headers or chunks, at the first.
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

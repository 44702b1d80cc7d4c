import Testing

/// What a filter does to the fields of a message, and the fields the MTA then has in its queue.
struct HeaderCase: CustomTestStringConvertible, Sendable {
  /// Its subject.
  let testDescription: String
  /// Whether the filter negotiates that values have their leading space.
  let keepsSpace: Bool
  /// The filter's actions in eom.
  let change: Change
  private let postfix: [String]
  private let sendmail: [String]

  /// A case with the fields as they are in the message; those of Sendmail only if they differ.
  init(
    _ description: String, keepsSpace: Bool = false, _ fields: [String], sendmail: [String]? = nil,
    after change: @escaping Change
  ) {
    testDescription = description
    self.keepsSpace = keepsSpace
    self.change = change
    postfix = fields
    self.sendmail = sendmail ?? fields
  }

  /// The fields expected in this MTA's queue.
  func fields(of kind: RealMTA.Kind) -> [String] { kind == .postfix ? postfix : sendmail }
}

import Testing

/// A filter's change of header fields, and the resulting fields in the MTA's queue.
struct HeaderCase: CustomTestStringConvertible, Sendable {
  /// The name of the case.
  let testDescription: String
  /// Whether the filter negotiates that values keep their leading space.
  let keepsSpace: Bool
  /// The filter's actions in eom.
  let change: Change
  private let postfix: [String]
  private let sendmail: [String]

  /// Creates a case with the expected fields; those of Sendmail are given only if they differ.
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

  /// Returns the expected fields in this MTA's queue.
  func fields(of kind: RealMTA.Kind) -> [String] { kind == .postfix ? postfix : sendmail }
}

extension MilterSymbols {
  /// Whether the MTA itself has refused the recipient of the current step.
  package var isRecipientRefused: Bool { self[.rcptMailer] == Array("error".utf8) }
}

extension MilterMacroName {
  /// The macros that show whether the MTA has refused a recipient, and for what reason.
  package static let ofRefusal: [Self] = [.rcptMailer, .rcptHost, .rcptAddr]
}

extension MilterSymbols {
  /// Whether the MTA itself has refused the recipient of the current step.
  ///
  /// The mailer `error` alone does not show a refusal. Postfix also sends it for an accepted recipient of a
  /// virtual alias domain, with the address of the recipient and a text as the host, and for a recipient whose
  /// transport is `error`. For a recipient that it refuses, Postfix sends the bare status code as the host.
  /// Sendmail sends the mailer only for a refusal; the host may then be anything without a space. A recipient
  /// in doubt counts as accepted, so that filters see it.
  package var isRecipientRefused: Bool {
    guard self[.rcptMailer] == Array("error".utf8) else { return false }
    let host = self[.rcptHost] ?? []
    guard self[.mtaVersion]?.starts(with: "Postfix".utf8) == true else {
      return !host.contains(0x20)
    }
    return Self.isStatusCode(host) && !Self.isAddress(self[.rcptAddr] ?? [])
  }

  /// Whether bytes are an enhanced status code, such as `5.1.1`.
  private static func isStatusCode(_ bytes: [UInt8]) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 3
      && parts.allSatisfy { part in
        1...3 ~= part.count && part.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      }
  }

  /// Whether bytes are an address, and not a text of several words.
  private static func isAddress(_ bytes: [UInt8]) -> Bool {
    bytes.contains(UInt8(ascii: "@")) && !bytes.contains(0x20)
  }
}

extension MilterMacroName {
  /// The macros that show whether the MTA has refused a recipient, and for what reason.
  package static let ofRefusal: [Self] = [.rcptMailer, .rcptHost, .rcptAddr]
}

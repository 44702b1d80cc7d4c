import MilterCore

extension FilterReply {
  /// Warnings about an unusual change of a header field, with the reactions of the MTAs.
  ///
  /// Observed with Postfix 3.7 and Sendmail 8.17.
  var oddities: [String] {
    let (name, value): ([UInt8], [UInt8])
    switch self {
    case .addheader(let first, let second), .insheader(_, let first, let second),
      .chgheader(_, let first, let second):
      (name, value) = (first, second)
    default: return []
    }
    let place = "\(code) \(VisibleText.escaped(name))"
    var oddities: [String] = []
    if name.isEmpty {
      oddities.append(
        code == .chgheader
          ? "\(code): the header name is empty: Postfix answers 451 4.3.5, Sendmail ignores it"
          : "\(code): the header name is empty: with Postfix its line ends the headers, Sendmail "
            + "drops the field")
    } else if !name.allSatisfy({ 33...126 ~= $0 && $0 != 0x3A }) {
      oddities.append(
        "\(place): the header name contains a colon, a space or unprintable bytes; what follows may "
          + "be taken for the body")
    }
    let lines = value.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.dropFirst().contains(where: { $0.first != 0x20 && $0.first != 0x09 }) {
      let what = lines.last?.isEmpty == true ? "the value ends with a line break" : "a line break"
      oddities.append(
        "\(place): \(what) that no white space follows: Postfix adds a tab, Sendmail makes it a "
          + "space")
    } else if lines.dropFirst().contains(where: { $0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }) {
      oddities.append(
        "\(place): a continuation line is blank and may be taken for the headers' end")
    }
    if let limit = MTAProfile.Intake.postfix.fieldLimit, name.count + value.count + 1 > limit {
      oddities.append("\(place): Postfix cuts fields of more than \(limit) bytes")
    }
    if value.contains(0x0D) {
      oddities.append(
        "\(place): the value contains CR, which goes into the message; write LF alone")
    }
    return oddities
  }
}

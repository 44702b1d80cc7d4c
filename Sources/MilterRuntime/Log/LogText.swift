import MilterCore
import MilterSystem

/// What may stand in a line of the log.
package enum LogText {
  /// The text with control characters and line separators made visible.
  package static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isMisleading) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar.isMisleading {
        let digits = String(scalar.value, radix: 16)
        if scalar.value < 0x100 {
          result += "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits
        } else {
          result += "\\u{\(digits)}"
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What an error says, for all levels: our own name no content.
  ///
  /// The text of any other may quote the mail it is about, so only its type is told.
  package static func harmless(_ error: any Error) -> String {
    switch error {
    case let error as MilterError: error.message
    case let error as SocketError: "\(error)"
    default: "\(type(of: error))"
    }
  }
}

package import MilterCore

/// The result of a callback: a status, or any number that a C filter returned.
package enum CallbackStatus: Sendable {
  case status(MilterStatus)
  case number(Int32)

  /// The status; `nil` if the number is not a status.
  var known: MilterStatus? {
    switch self {
    case .status(let status): status
    case .number(let number): MilterStatus(rawValue: number)
    }
  }
}

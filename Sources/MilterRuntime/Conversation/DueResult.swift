package import MilterCore

/// The result of a callback that ran in a task.
package enum DueResult: Sendable {
  case status(MilterStatus)
  case wish(MilterStatus, MilterOptions)
  /// The callback has no result.
  case returned
  /// The callback was canceled, because the MTA no longer waits for it.
  case canceled
}

package import MilterCore

/// The result of a callback that ran in a task.
package enum DueResult: Sendable {
  case status(MilterStatus)
  case wish(MilterStatus, MilterOptions)
  /// It has no result.
  case returned
  /// It gave up, since the MTA no longer waits for it.
  case canceled
}

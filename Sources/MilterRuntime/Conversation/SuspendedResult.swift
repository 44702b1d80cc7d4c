package import MilterCore

/// What a callback that suspended came to.
package enum SuspendedResult {
  case status(Int32)
  case wish(status: Int32, MilterOptions)
  /// It has no result.
  case returned
  /// It gave up, since the MTA no longer waits for it.
  case canceled
}

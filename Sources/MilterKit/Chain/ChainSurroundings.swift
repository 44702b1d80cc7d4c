import MilterMTA
import MilterRuntime
import MilterSystem

/// The parts of the connection to the MTA that the members of a chain need.
struct ChainSurroundings {
  /// The chain's name.
  var name: String
  /// The log for lines about the connection and the current message.
  var log: () -> MilterLog
  /// Whether verdicts are logged.
  var logsVerdicts: Bool
  /// Whether the chain has no effect on mail.
  var isShadow: Bool
  /// Reports to the MTA that a member is still at work.
  var progress: () -> Void
  /// Whether the MTA treats a reply whose codes have different classes as a mistake of the whole chain.
  var checksReplies: () -> Bool
  /// The counters of the members' events; `nil` outside of a server.
  var counters: MemberCounters?
  /// Stops the server.
  var stop: (@Sendable () -> Void)?
  /// The maximum size of a change that the MTA accepts.
  var maximumPayload: () -> Int
  /// The limits of the changes that a member may request.
  var changeLimits: ChangeLimits
  /// Creates a file for a body.
  var makeFile: () throws -> SpoolFile
  /// Whether the MTA checks all lines of a reply, and not only the first one.
  var checksEachLine: () -> Bool
}

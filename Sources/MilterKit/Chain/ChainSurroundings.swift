import MilterMTA
import MilterRuntime
import MilterSystem

/// The parts of the connection to the MTA that the members of a chain need.
struct ChainSurroundings {
  /// The chain's name.
  var name: String
  /// The log, for lines about the connection and the message under way.
  var log: () -> MilterLog
  /// Reports to the MTA that a member is still at work.
  var progress: () -> Void
  /// Whether the MTA takes a reply whose codes are of two classes for a mistake of the whole chain.
  var checksReplies: () -> Bool
  /// Count what the members do; nil outside of a server.
  var counters: MemberCounters?
  /// Has the server stop.
  var stop: (@Sendable () -> Void)?
  /// The maximum size of a change that the MTA takes.
  var maximumPayload: () -> Int
  /// The limits of what a member may ask for.
  var changeLimits: ChangeLimits
  /// Makes a file for a body.
  var makeFile: () throws -> SpoolFile
}

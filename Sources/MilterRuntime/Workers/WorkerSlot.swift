/// A place for one worker, which is filled again when the worker has ended.
struct WorkerSlot: Sendable {
  /// The worker that serves, or is about to; by its turn.
  var current: Int?
  /// The worker that is to take its place, with a new program.
  var successor: Int?
  /// The time to start a worker, by the coarse clock; nil if none must be started.
  var startAt: UInt64?
  var policy = RestartPolicy()

  /// Whether nothing fills the place, and nothing will.
  var isAbandoned: Bool { current == nil && successor == nil && startAt == nil }
}

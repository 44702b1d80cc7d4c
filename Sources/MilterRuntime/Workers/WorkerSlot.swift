/// A place for one worker, which gets another worker when that one has ended.
struct WorkerSlot: Sendable {
  /// The turn of the worker that serves, or is starting.
  ///
  /// Turns number the workers in the order in which they were started.
  var current: Int?
  /// The turn of the worker that will replace it with a new program.
  var successor: Int?
  /// The time to start a worker, by the coarse clock; `nil` if none must be started.
  var startAt: UInt64?
  var policy = RestartPolicy()

  /// Whether the slot has no worker, and will get none.
  var isAbandoned: Bool { current == nil && successor == nil && startAt == nil }
}

/// A question to all workers, and their answers so far.
struct WorkerQuestion: Sendable {
  let replies: WorkerReplies
  /// The statuses of the workers by their turns, for a question about the status.
  var statuses: [Int: EngineStatus] = [:]
}

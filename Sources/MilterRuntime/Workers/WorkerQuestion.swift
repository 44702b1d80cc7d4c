/// A question to all workers, and what they have answered so far.
struct WorkerQuestion: Sendable {
  let replies: WorkerReplies
  /// The statuses of the workers by their turns, if that is the question.
  var statuses: [Int: EngineStatus] = [:]
}

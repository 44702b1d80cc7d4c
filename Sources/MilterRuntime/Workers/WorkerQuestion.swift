/// A question to all workers, and what they have answered so far.
struct WorkerQuestion: Sendable {
  let replies: WorkerReplies
  /// What they are doing, by their turns, if that is the question.
  var statuses: [Int: EngineStatus] = [:]
}

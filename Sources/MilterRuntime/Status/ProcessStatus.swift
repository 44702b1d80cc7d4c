/// The status of one process that serves, or is about to.
struct ProcessStatus: Sendable {
  enum State: String, Sendable {
    /// It gets ready.
    case starting
    case serving
    /// It ends its last messages.
    case stopping
    /// It has ended, and another one is to take its place.
    case waiting
    /// It has ended, and nobody takes its place.
    case abandoned
  }

  /// The worker's number; nil without workers.
  var worker: Int?
  /// The process's number; nil if there is no process.
  var process: Int?
  var state: State
  /// The status that it has reported; nil if it has not answered.
  var status: EngineStatus?

  /// The name of the process.
  var name: String {
    (worker.map { "worker \($0)" } ?? "") + (process.map { ", process \($0)" } ?? "")
  }

  /// The line about it.
  var line: String {
    let state =
      switch state {
      case .starting: "starting"
      case .serving: ""
      case .stopping: "stopping"
      case .waiting: "has ended, and is started again"
      case .abandoned: "has ended, and is not started again"
      }
    let words = [state, status?.summary ?? (asks ? "has not answered" : "")]
    return "\(name): " + words.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// Whether an answer is expected.
  var asks: Bool { state == .serving || state == .stopping }
}

/// The status of one process that serves, or is about to.
struct ProcessStatus: Sendable {
  enum State: String, Sendable {
    /// The process is starting.
    case starting
    case serving
    /// The process is ending its last messages.
    case stopping
    /// The process has ended, and will be replaced.
    case waiting
    /// The process has ended, and will not be replaced.
    case abandoned
  }

  /// The worker's number; `nil` without workers.
  var worker: Int?
  /// The process ID; `nil` if there is no process.
  var process: Int?
  var state: State
  /// The reported status; `nil` if the process has not answered.
  var status: EngineStatus?

  /// The name of the process.
  var name: String {
    (worker.map { "worker \($0)" } ?? "") + (process.map { ", process \($0)" } ?? "")
  }

  /// The line about the process.
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

  /// Whether the process is asked for its status.
  var asks: Bool { state == .serving || state == .stopping }
}

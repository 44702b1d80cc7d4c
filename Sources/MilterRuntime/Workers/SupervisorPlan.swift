/// The workers that a supervisor starts.
package struct SupervisorPlan: Sendable {
  /// The program's file.
  let program: String
  /// The command line, the program's name first.
  let arguments: [String]
  /// The number of workers.
  let count: Int
  /// The filter's name in the log.
  let name: String
  /// What workers do about `--user`.
  let rights: WorkerRights
  /// Reads the configuration as it is now; of what it returns, the drain time and the log's level count.
  let settings: (@Sendable () throws -> MilterConfiguration)?

  package init(
    program: String, arguments: [String], count: Int, name: String,
    rights: WorkerRights = .keep,
    settings: (@Sendable () throws -> MilterConfiguration)? = nil
  ) {
    self.program = program
    self.arguments = arguments
    self.count = count
    self.name = name
    self.rights = rights
    self.settings = settings
  }
}

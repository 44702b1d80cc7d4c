/// The workers that a supervisor starts.
package struct SupervisorPlan: Sendable {
  /// The program's file.
  let program: String
  /// The command line, beginning with the program's name.
  let arguments: [String]
  /// The number of workers.
  let count: Int
  /// The filter's name in the log.
  let name: String
  /// The workers' rights.
  let rights: WorkerRights
  /// Reads the current configuration, of which the drain time and the log's level apply.
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

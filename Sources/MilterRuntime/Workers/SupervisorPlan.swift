/// What a supervisor starts.
package struct SupervisorPlan: Sendable {
  /// The program's file.
  let program: String
  /// The command line, the program's name first.
  let arguments: [String]
  /// The number of workers.
  let count: Int
  /// What the log calls the filter.
  let name: String

  package init(program: String, arguments: [String], count: Int, name: String) {
    self.program = program
    self.arguments = arguments
    self.count = count
    self.name = name
  }
}

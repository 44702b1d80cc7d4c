/// A command of `milter`.
protocol Command: Sendable {
  /// The command's name on the command line.
  static var name: String { get }
  /// The effect of the command, on one line.
  static var summary: String { get }

  /// Runs the command with the remaining arguments.
  ///
  /// - Parameter arguments: The arguments after the command's name.
  /// - Returns: The exit status.
  static func status(of arguments: [String]) -> Int32
}

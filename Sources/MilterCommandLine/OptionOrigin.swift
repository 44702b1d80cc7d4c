/// The source of an option's value.
package enum OptionOrigin: Hashable, Sendable, CustomStringConvertible {
  case commandLine
  /// A variable of the environment.
  case environment(String)
  /// A line of a file.
  case file(String, line: Int)

  package var description: String {
    switch self {
    case .commandLine: "command line"
    case .environment(let variable): variable
    case .file(let path, let line): "\(path):\(line)"
    }
  }

  /// Returns the error for an invalid value from this source.
  func error(_ error: UsageError) -> any Error {
    if case .commandLine = self { return error }
    return ConfigurationError("\(self): \(error)")
  }
}

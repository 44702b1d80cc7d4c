import MilterSystem

/// The outermost part of a program: an error ends the program with one line and an exit status.
package enum ProgramRun {
  /// The exit status after a failure.
  package static let failureStatus: Int32 = 1

  /// Runs a program.
  ///
  /// - Parameters:
  ///   - name: The program's name in messages.
  ///   - body: The work, which returns the exit status.
  /// - Returns: The exit status: that of `body`; 64 for a wrong command line; 78 for a wrong configuration; 141
  ///   if the reader of standard output has closed it; 1 for any other failure.
  package static func status(of name: String, _ body: () throws -> Int32) -> Int32 {
    StandardDescriptors.fill()
    StandardOutput.prepare()
    do {
      return try body()
    } catch let error as UsageError {
      StandardOutput.complain("\(name): \(error); see --help")
      return UsageError.status
    } catch let error as ConfigurationError {
      StandardOutput.complain("\(name): \(error)")
      return ConfigurationError.status
    } catch let error where isMistyped(error) {
      StandardOutput.complain("\(name): \(error); see --help")
      return UsageError.status
    } catch is StandardOutput.Closed {
      return StandardOutput.Closed.status
    } catch {
      StandardOutput.complain("\(name): \(error)")
      return failureStatus
    }
  }

  /// Whether the command line is wrong: the socket is not valid, or its user or group does not exist.
  private static func isMistyped(_ error: any Error) -> Bool {
    switch error {
    case let error as SocketError: [.invalidSpec, .unknownGroup].contains(error.code)
    case let error as AccountError: [.unknownUser, .unknownGroup].contains(error.code)
    default: false
    }
  }
}

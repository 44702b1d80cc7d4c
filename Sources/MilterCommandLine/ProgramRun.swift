import MilterSystem

/// The frame around a program: what keeps it from its work ends it with one line and a status.
package enum ProgramRun {
  /// The exit status of a program that could not do what it was asked to.
  package static let failureStatus: Int32 = 1

  /// Does a program's work.
  ///
  /// - Parameters:
  ///   - name: what the program is called in messages.
  ///   - body: the work; returns the exit status.
  /// - Returns: the exit status: that of `body`; 64 for a wrong command line; 78 for a
  ///   wrong configuration; 141 when the reader of standard output has gone; 1 for any other failure.
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
    } catch let error as SocketError where error.isMistyped {
      StandardOutput.complain("\(name): \(error); see --help")
      return UsageError.status
    } catch is StandardOutput.Closed {
      return StandardOutput.Closed.status
    } catch {
      StandardOutput.complain("\(name): \(error)")
      return failureStatus
    }
  }
}

extension SocketError {
  /// Whether the error is about what was typed: no such socket, user or group can be.
  fileprivate var isMistyped: Bool { [.invalidSpec, .unknownUser, .unknownGroup].contains(code) }
}

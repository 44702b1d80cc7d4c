import MilterClient
import MilterCore
import MilterMTA
import MilterProcessFixtures

/// An MTA's connection to a filter, which keeps the filter running.
final class Delivery {
  private let filter: RunningFilter
  private let connection: FilterConnection

  /// A profile with long timeouts, because these filters look up names and start programs.
  private static let patient: MTAProfile = {
    var profile = MTAProfile.libmilterReference
    profile.connectTimeout = .seconds(120)
    profile.commandTimeout = .seconds(120)
    profile.contentTimeout = .seconds(120)
    return profile
  }()

  init(to filter: RunningFilter) throws {
    self.filter = filter
    connection = try FilterConnection(to: filter.socket, Self.patient)
  }

  /// The options negotiated with the filter.
  var negotiated: MilterNegotiation? { connection.session.negotiated }

  /// Sends a message and returns its outcome.
  ///
  /// - Throws: An error if the filter is silent for two minutes.
  func deliver(_ mail: MTAMail) throws -> MTAOutcome {
    let outcome = connection.play(mail)
    if let failure = outcome.failure, failure.code == .timedOut {
      throw HarnessError("\(failure)")
    }
    return outcome
  }

  /// Ends the connection.
  func quit() { connection.quit() }
}

import MilterCore

extension MTAOutcome {
  /// Carries out the filter's changes on a message.
  ///
  /// - Parameters:
  ///   - mail: The message as the filter got it.
  ///   - profile: The behavior of the MTA.
  /// - Returns: The changed message.
  package func changed(_ mail: MTAMail, as profile: MTAProfile) -> MTAMail {
    var edits = MailEdits(
      mail, received: MTAHeader("Received", ""), profile: profile,
      leadingSpace: negotiated?.options.steps.contains(.hdrLeadspc) ?? false)
    for action in actions { _ = edits.apply(action) }
    return edits.result
  }

  /// Whether no further message is possible on the connection.
  package var isLastOfConnection: Bool { verdict == .failure || disconnects }

  /// Changes the outcome to a failure of the filter after its verdict.
  package mutating func fail(_ failure: MTAFailure) {
    verdict = .failure
    self.failure = failure
  }
}

extension MilterConfiguration {
  /// Returns timeouts for an MTA that leave time for the filter's answer.
  ///
  /// - Parameter answerTime: The filter's own limit for a callback, in seconds; `nil` if it has none. The
  ///   server's limits have priority.
  /// - Returns: The timeouts.
  func mtaTimeouts(_ answerTime: Int?) -> MTATimeouts {
    func seconds(_ callback: MilterCallback) -> Int {
      let limit = callbackTimeouts[callback] ?? callbackTimeout
      guard let limit = limit.map({ Int(clamping: $0.components.seconds) }) ?? answerTime else {
        return 0
      }
      return limit + MTATimeouts.margin
    }
    let commands = MilterCallback.allCases.filter { $0 != .eom }
    return MTATimeouts(
      answerTime: commands.map(seconds).max() ?? 0, endTime: seconds(.eom))
  }
}

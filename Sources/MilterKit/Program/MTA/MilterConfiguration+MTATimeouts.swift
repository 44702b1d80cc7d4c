extension MilterConfiguration {
  /// The timeouts of an MTA that leave time for the filter's own answer.
  ///
  /// - Parameter answerTime: The limit that the filter has for a callback, in seconds; `nil` if it has
  ///   none. The server's own limits count before it.
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

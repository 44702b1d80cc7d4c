import MilterCommandLine

extension ProgramOptions {
  /// Reads `SECONDS`, which applies to all callbacks, or `CALLBACK=SECONDS`.
  mutating func setCallbackTimeout(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let time = Duration.seconds(
      try UsageError.number(String(parts.last ?? ""), "callback-timeout", 1...Int(Int32.max)))
    guard parts.count == 2 else {
      configuration.callbackTimeout = time
      return
    }
    guard let callback = MilterCallback.allCases.first(where: { $0.description == parts[0] }) else {
      let names = MilterCallback.allCases.map(\.description).joined(separator: ", ")
      throw UsageError("--callback-timeout \(text): \(parts[0]) is not one of \(names)")
    }
    configuration.callbackTimeouts[callback] = time
  }

  mutating func setCallbackFallback(_ text: String) throws {
    let verdicts = MilterStatus.allCases.filter(\.isVerdict)
    guard let verdict = verdicts.first(where: { $0.description == text }) else {
      let names = verdicts.map(\.description).joined(separator: ", ")
      throw UsageError("--callback-fallback \(text): not one of \(names)")
    }
    configuration.callbackFallback = verdict
  }
}

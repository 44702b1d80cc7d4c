import MilterKit

/// Finds timeouts of a chain's members that have no effect.
struct ChainExamination {
  private(set) var findings: [Finding] = []

  /// Checks the times of a chain.
  init(_ chain: ConfiguredChainTimes) {
    for excess in chain.excesses {
      let (key, limit) = (excess.key, excess.limit)
      findings.append(
        Finding(
          .note,
          "\(key) of the member \(excess.member) is \(excess.seconds) s, and \(limit.setting) is less",
          why:
            "\(limit.setting) is the time of all members together, so the chain ends the wait first",
          fix: "lower \(key), or raise \(limit.setting) and the MTA's timeout"))
    }
  }
}

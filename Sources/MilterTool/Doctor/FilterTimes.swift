import MilterKit

/// The maximum times of a filter, if they are known.
struct FilterTimes: Sendable {
  /// An event that an MTA waits for.
  enum Wait: Hashable, Sendable {
    /// Connecting to the filter.
    case connection
    /// The filter's answer to the MTA's offer.
    case negotiation
    /// The reply to a step before the content.
    case reply
    /// The reply to the end of the message.
    case content
  }

  /// The time that a filter needs for something.
  struct Need: Sendable {
    /// The minimum time that the MTA must wait, in seconds.
    let least: Int
    /// The recommended timeout, in seconds.
    let advised: Int
    /// The filter or member that takes the time.
    let subject: String
    /// The effect of a shorter timeout.
    let why: String
    /// The filter's own setting that could be lower; `nil` without such a setting.
    let setting: String?
  }

  private let needs: [Wait: Need]

  /// Creates the times for `--answer-time`, in seconds.
  init(answerTime: Int) {
    let need = Need(
      least: answerTime, advised: answerTime, subject: "the filter may take \(answerTime) s",
      why: "the MTA gives up on the filter while it is still at work", setting: nil)
    needs = [.reply: need, .content: need]
  }

  /// Creates the times of a chain.
  init(_ chain: ConfiguredChainTimes) {
    func need(_ limit: ConfiguredChainTimes.Limit, _ work: String) -> Need {
      Need(
        least: limit.seconds + 1, advised: limit.seconds + MTATimeouts.margin,
        subject: "the chain's members may take \(limit.seconds) s together \(work)",
        why: "the MTA gives up on the chain, and with it on all members, before a member's "
          + "fallback counts",
        setting: limit.setting)
    }
    needs = [
      .negotiation: need(chain.negotiation, "to connect and negotiate"),
      .reply: need(chain.reply, "for a step before the content"),
      .content: need(chain.content, "for the content"),
    ]
  }

  /// Returns the greatest need for some events.
  func need(_ waits: [Wait]) -> Need? {
    waits.compactMap { needs[$0] }.max { $0.least < $1.least }
  }
}

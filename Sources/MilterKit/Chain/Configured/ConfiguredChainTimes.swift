import MilterRuntime

/// The maximum times of a chain of remote filters, according to its configuration file.
package struct ConfiguredChainTimes: Sendable {
  /// The maximum time for something that an MTA waits for.
  package struct Limit: Hashable, Sendable {
    /// The time in whole seconds.
    package let seconds: Int
    /// The setting with this limit.
    package let setting: String
  }

  /// A member's timeout that exceeds the time of all members together.
  package struct Excess: Hashable, Sendable {
    package let member: String
    package let key: String
    package let seconds: Int
    package let limit: Limit
  }

  /// The sockets on which the chain listens.
  package let sockets: [String]
  /// The time to connect to all members and to negotiate.
  package let negotiation: Limit
  /// The time for a step before the content.
  package let reply: Limit
  /// The time for the content, which the members see at the end of the message.
  package let content: Limit
  package let excesses: [Excess]

  /// Reads the configuration file of `milter chain`.
  ///
  /// - Throws: An error that describes the mistake in the file.
  package init(file: String) throws {
    let own = ConfiguredChain.programOptions
    let options = try ProgramOptions(
      ["milter chain", "--config", file, "--check"], own: own, inherited: { [] })
    try Program.preparing { try ConfiguredChain.checkSettings() }
    sockets = options.sockets
    let (members, limits) = (ConfiguredChain.list.value, ConfiguredChain.timeLimits)
    /// Combines the timeouts of the members, within the limits of the chain and of its server.
    func limit(
      _ whole: Duration, _ setting: String, _ callbacks: [MilterCallback],
      _ time: (ChainMember.Timeouts) -> Duration
    ) -> Limit {
      let sum = members.map { time($0.timeouts) }.reduce(.zero, +)
      let server = options.configuration
      let own = callbacks.map { server.callbackTimeouts[$0] ?? server.callbackTimeout ?? whole }
        .max()
      return Limit(seconds: Self.seconds(min(whole, sum, own ?? whole)), setting: setting)
    }
    negotiation = limit(limits.command, "step-time", []) { $0.connect + $0.command }
    let steps: [MilterCallback] = [.connect, .helo, .envfrom, .envrcpt, .data, .unknown]
    reply = limit(limits.command, "step-time", steps, \.command)
    // The timeout applies to each of many replies.
    content = limit(limits.content, "content-time", [.eom]) { _ in limits.content }
    var excesses: [Excess] = []
    for member in members {
      for (key, time, limit, whole) in [
        ("connect-timeout", member.timeouts.connect, reply, limits.command),
        ("command-timeout", member.timeouts.command, reply, limits.command),
        ("content-timeout", member.timeouts.content, content, limits.content),
        ("end-timeout", member.timeouts.end, content, limits.content),
      ] where time > whole {
        excesses.append(
          .init(member: member.name, key: key, seconds: Self.seconds(time), limit: limit))
      }
    }
    self.excesses = excesses
  }

  /// The time in whole seconds, rounded up.
  private static func seconds(_ time: Duration) -> Int { Int((time / .seconds(1)).rounded(.up)) }
}

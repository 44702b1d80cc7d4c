import MilterRuntime

/// The time that a chain of remote filters may take, as its configuration file has it.
package struct ConfiguredChainTimes: Sendable {
  /// The time for something that an MTA waits for.
  package struct Limit: Hashable, Sendable {
    /// The longest time, in whole seconds.
    package let seconds: Int
    /// The setting that limits all members together.
    package let setting: String
  }

  /// A timeout of a member that is longer than all members have together.
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
  /// - Throws: what is wrong with the file.
  package init(file: String) throws {
    let own = ConfiguredChain.programOptions
    let options = try ProgramOptions(
      ["milter chain", "--config", file, "--check"], own: own, inherited: { [] })
    try Program.preparing { try ConfiguredChain.checkSettings() }
    sockets = options.sockets
    let (members, limits) = (ConfiguredChain.list.value, ConfiguredChain.timeLimits)
    /// Puts the members' times for something together, within the limits of the chain and of its server.
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
    // Each of many replies has its time.
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

  /// Whole seconds that are not less.
  private static func seconds(_ time: Duration) -> Int { Int((time / .seconds(1)).rounded(.up)) }
}

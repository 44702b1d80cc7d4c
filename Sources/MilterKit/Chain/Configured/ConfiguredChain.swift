import MilterRuntime

/// A chain of remote filters that is described by a configuration file: the command `milter chain`.
package final class ConfiguredChain: MilterChain {
  static let list = ConfiguredMember.setting()
  private static let stepTime = MilterSetting(
    "step-time", argument: "SECONDS", default: 9, in: 1...Int(Int32.max),
    help: "the time of all members together for a step before the content, and to connect")
  private static let contentTime = MilterSetting(
    "content-time", argument: "SECONDS", default: 240, in: 1...Int(Int32.max),
    help: "the time of all members together for the content")
  private static let limit = MilterSetting(
    "message-limit", argument: "BYTES", default: 128 << 20, in: 1...(1 << 40),
    help: "the maximum size of a message")
  private static let tooLarge = MilterSetting(
    "when-too-large", default: MessageLimit.Policy.refuse, help: "the action on a larger message")

  override package class var name: String { "milter-chain" }

  override package class var programOptions: [any MilterProgramOption] {
    [list, stepTime, contentTime, limit, tooLarge]
  }

  override package class var members: [ChainMember] { list.value.map(\.member) }

  override package class var timeLimits: ChainTimeLimits {
    .init(command: .seconds(stepTime.value), content: .seconds(contentTime.value))
  }

  override package class var messageLimit: MessageLimit {
    MessageLimit(bytes: limit.value, policy: tooLarge.value)
  }

  override package class func checkSettings() throws {
    guard !list.value.isEmpty else {
      throw MilterUsageError(
        "no member is given; write member = NAME SOCKET in the file of --config")
    }
    try super.checkSettings()
  }
}

import MilterKit

/// The unit that is counted.
public enum RateUnit: String, CaseIterable, Sendable {
  case messages
  case recipients

  static let setting = MilterSetting("per", default: Self.messages, help: "the unit to count")
}

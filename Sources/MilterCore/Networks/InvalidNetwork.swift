/// An invalid entry in a list of networks.
public struct InvalidNetwork: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason why an entry is invalid.
  public enum Reason: Error, Equatable, Sendable {
    /// The text is neither an IP address nor a name that ``MilterNetworks`` knows.
    case notAnAddress
    /// The prefix length is not a number in the range for the address.
    case prefixLength(ClosedRange<Int>)
    /// Bits after the prefix are set; the value is the network that contains the entry.
    case hostBits(String)
  }

  /// The entry as it was written.
  public let entry: String
  /// The number of its line, starting at 1.
  public let line: Int
  /// The reason why the entry is invalid.
  public let reason: Reason

  /// A description of the mistake, its place, and its correction.
  public var description: String {
    let what =
      switch reason {
      case .notAnAddress:
        "not an IP address; write 192.0.2.0/24, 2001:db8::/32, an address, localhost, or private"
      case .prefixLength(let range):
        "the prefix length must be a number from \(range.lowerBound) to \(range.upperBound)"
      case .hostBits(let network):
        "has bits after the prefix; write \(network) for the network"
      }
    return "line \(line): \(entry): \(what)"
  }
}

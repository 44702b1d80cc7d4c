/// A list of networks, for example of hosts whose mail a filter does not check.
///
/// ```swift
/// let local = try MilterNetworks("192.0.2.0/24, 2001:db8::/32, localhost")
/// print(local.contains(.inet(address: "192.0.2.7", port: 25)))  // true
/// ```
///
/// An entry is one of:
///
/// | Entry | Addresses |
/// |---|---|
/// | `192.0.2.7`, `2001:db8::1` | that address |
/// | `192.0.2.0/24`, `2001:db8::/32` | the network |
/// | `localhost` | ``localhost`` |
/// | `private` | ``private`` |
///
/// Commas, spaces, and line ends separate entries; `#` begins a comment that ends with the line. An IPv6
/// address may be in brackets, as in Postfix, or begin with `IPv6:`, as in Sendmail.
///
/// An IPv4-mapped IPv6 address (`::ffff:192.0.2.7`) is the same as its IPv4 address, in the list and in a
/// lookup. So `::/0` contains no IPv4 client.
///
/// A lookup is a binary search: it takes less than a microsecond with 100,000 entries. libmilter has no
/// equivalent.
public struct MilterNetworks: Hashable, Sendable {
  private var inet: AddressRanges<UInt32>
  private var inet6: AddressRanges<UInt128>

  private init(_ networks: [Network]) {
    inet = AddressRanges(
      networks.compactMap { if case .inet(let range) = $0 { range } else { nil } })
    inet6 = AddressRanges(
      networks.compactMap { if case .inet6(let range) = $0 { range } else { nil } })
  }

  /// Creates an empty list, which contains no address.
  public init() { self.init([]) }

  /// The host itself: `127.0.0.0/8` and `::1`.
  public static let localhost = Self(Network.localhost)

  /// The private networks: RFC 1918's `10.0.0.0/8`, `172.16.0.0/12`, and `192.168.0.0/16`, and RFC 4193's
  /// `fc00::/7`.
  public static let `private` = Self(Network.`private`)

  /// Reads a list.
  ///
  /// - Throws: ``InvalidNetwork`` for the first entry that does not have one of these forms.
  public init(_ text: String) throws(InvalidNetwork) {
    var networks: [Network] = []
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let list = line.prefix { $0 != UInt8(ascii: "#") }
      for entry in list.split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }) {
        do {
          networks += try Network.read(Substring(entry))
        } catch {
          throw InvalidNetwork(entry: String(Substring(entry)), line: number, reason: error)
        }
      }
    }
    self.init(networks)
  }

  /// Whether one of the networks contains a client's address.
  ///
  /// - Parameter address: The address that `connect` received; no network contains `nil` or a Unix-domain
  ///   client.
  /// - Returns: Whether a network contains the address.
  public func contains(_ address: MilterAddress?) -> Bool {
    switch address.flatMap(AddressBits.init)?.unmapped {
    case .inet(let bits): inet.contains(bits)
    case .inet6(let bits): inet6.contains(bits)
    case nil: false
    }
  }

  /// Returns the union of two lists.
  ///
  /// - Parameter other: The other list.
  /// - Returns: A list with the networks of both.
  public func union(_ other: Self) -> Self {
    var both = self
    both.inet = AddressRanges(inet.ranges + other.inet.ranges)
    both.inet6 = AddressRanges(inet6.ranges + other.inet6.ranges)
    return both
  }

  /// Whether the list contains no address.
  public var isEmpty: Bool { inet.ranges.isEmpty && inet6.ranges.isEmpty }
}

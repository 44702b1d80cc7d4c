import MilterCore
import MilterSystem

extension ChainOffer {
  /// What an offer is made from.
  private struct Key: Hashable, Sendable {
    var wishes: [Wish]
    var offered: MilterOptions
    var version: UInt32
  }

  /// The last offer, which the next connection usually needs again.
  private static let last = SystemMutex<(key: Key, offer: ChainOffer)?>(nil)

  /// Combines the requests of members, as ``init(_:_:version:)`` does, or returns the same offer as the last time.
  static func of(_ wishes: [Wish], _ offered: MilterOptions, version: UInt32) -> Self {
    let key = Key(wishes: wishes, offered: offered, version: version)
    if let last = last.withLock({ $0 }), last.key == key { return last.offer }
    let offer = Self(wishes, offered, version: version)
    last.withLock { $0 = (key, offer) }
    return offer
  }
}

/// A set of addresses of one family, as sorted ranges that neither overlap nor touch.
///
/// A lookup is a binary search. Nested and adjacent networks become one range. So a list of 100,000 networks
/// needs at most 17 comparisons, and the memory of two addresses for each network.
struct AddressRanges<Bits: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
  private(set) var ranges: [ClosedRange<Bits>] = []

  /// Creates a set from ranges in any order.
  init(_ unsorted: [ClosedRange<Bits>] = []) {
    for range in unsorted.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1
      {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  func contains(_ bits: Bits) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < bits { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= bits
  }
}

extension [Double] {
  /// The middle value, or the mean of the two in the middle; 0 of nothing.
  var median: Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// The value that this fraction of the values does not exceed; they must be in ascending order.
  func percentile(_ fraction: Double) -> Double {
    guard let last else { return 0 }
    let index = Int((Double(count) * fraction).rounded(.up)) - 1
    return indices.contains(index) ? self[index] : last
  }
}

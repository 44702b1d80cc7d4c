extension [Double] {
  /// The median; 0 if there are no values.
  var median: Double {
    guard !isEmpty else { return 0 }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// Returns the percentile for a fraction; the values must be in ascending order.
  func percentile(_ fraction: Double) -> Double {
    guard let last else { return 0 }
    let index = Int((Double(count) * fraction).rounded(.up)) - 1
    return indices.contains(index) ? self[index] : last
  }
}

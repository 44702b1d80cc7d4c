/// One target's line or bars in a chart.
struct Series {
  let target: TargetName
  /// Places in ascending order, and values.
  let points: [(x: Double, y: Double)]
}

/// Writes Prometheus' text format, version 0.0.4.
struct PrometheusText {
  typealias Labels = [(name: String, value: String)]

  private(set) var text = ""
  private let common: Labels

  /// Creates an empty text.
  ///
  /// - Parameter labels: The labels of every sample.
  init(labels: Labels) { common = labels }

  mutating func counter(_ name: String, _ help: String, _ value: Int) {
    family(name, help, "counter")
    sample(name, [], "\(value)")
  }

  mutating func gauge(_ name: String, _ help: String, _ value: Int) {
    family(name, help, "gauge")
    sample(name, [], "\(value)")
  }

  /// Begins a family; its samples follow.
  mutating func family(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  mutating func histogram(_ name: String, _ labels: Labels, _ histogram: MilterHistogram) {
    var total = 0
    for (count, bound) in zip(histogram.counts, MilterHistogram.bounds) {
      total &+= count
      sample(name + "_bucket", labels + [("le", "\(bound / .seconds(1))")], "\(total)")
    }
    sample(name + "_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
    sample(name + "_sum", labels, "\(histogram.sum / .seconds(1))")
    sample(name + "_count", labels, "\(histogram.count)")
  }

  mutating func sample(_ name: String, _ labels: Labels, _ value: String) {
    let labels = (common + labels).map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    text += "\(name){\(labels.joined(separator: ","))} \(value)\n"
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

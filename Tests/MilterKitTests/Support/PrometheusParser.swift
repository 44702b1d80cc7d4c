/// A parser of Prometheus' text format, which refuses violations of its specification and
/// conventions.
struct PrometheusParser {
  struct Refusal: Error, CustomStringConvertible { let description: String }

  struct Series: Hashable {
    let name: String
    let labels: [String: String]
  }

  private(set) var values: [Series: Double] = [:]
  private(set) var types: [String: String] = [:]
  private var helps: Set<String> = []
  /// The metric family of the current samples.
  private var family = ""

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Refusal(description: "the last line has no end") }
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      do {
        try read(line)
      } catch let refusal as Refusal {
        throw Refusal(description: "\(refusal): \(line)")
      }
    }
    for (name, type) in types where type == "histogram" { try checkHistogram(name) }
  }

  /// The value of a sample.
  subscript(_ name: String, _ labels: [String: String]) -> Double? {
    values[Series(name: name, labels: labels)]
  }

  private mutating func read(_ line: Substring) throws {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    if line.hasPrefix("# HELP ") {
      let name = String(words[2])
      try Self.check(name: name)
      guard words.count == 4, !words[3].isEmpty, helps.insert(name).inserted else {
        throw Refusal(description: "no help, or a second one")
      }
      family = name
    } else if line.hasPrefix("# TYPE ") {
      let name = String(words[2])
      guard name == family, types[name] == nil, words.count == 4,
        ["counter", "gauge", "histogram"].contains(words[3])
      else { throw Refusal(description: "a type without help, twice, or unknown") }
      types[name] = String(words[3])
      try checkConventions(name, String(words[3]))
    } else {
      try readSample(line)
    }
  }

  private func checkConventions(_ name: String, _ type: String) throws {
    guard name.hasPrefix("milter_") else { throw Refusal(description: "no prefix") }
    guard name.hasSuffix("_total") == (type == "counter") else {
      throw Refusal(description: "_total is for counters, and all of them")
    }
    if name.contains("bytes"), !name.hasSuffix("_bytes_total") {
      throw Refusal(description: "the unit comes last")
    }
    if type == "histogram", !name.hasSuffix("_seconds") {
      throw Refusal(description: "times are in seconds")
    }
  }

  private mutating func readSample(_ line: Substring) throws {
    var rest = line
    let name = String(rest.prefix { $0 != "{" && $0 != " " })
    try Self.check(name: name)
    rest = rest.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest.removeFirst()
      repeat {
        let label = String(rest.prefix { $0 != "=" })
        try Self.check(name: label)
        guard !label.contains(":") else { throw Refusal(description: "a colon in a label") }
        rest = rest.dropFirst(label.count)
        guard rest.hasPrefix("=\"") else { throw Refusal(description: "no label value") }
        rest = rest.dropFirst(2)
        let value = try Self.value(&rest)
        guard labels.updateValue(value, forKey: label) == nil else {
          throw Refusal(description: "a label twice")
        }
        guard let next = rest.popFirst(), next == "," || next == "}" else {
          throw Refusal(description: "the labels do not end")
        }
        if next == "}" { break }
      } while true
    }
    guard rest.first == " ", let value = Double(rest.dropFirst()) else {
      throw Refusal(description: "no value")
    }
    try take(Series(name: name, labels: labels), value)
  }

  private mutating func take(_ series: Series, _ value: Double) throws {
    let type = types[family] ?? ""
    let names =
      type == "histogram" ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
    guard names.contains(series.name), !type.isEmpty else {
      throw Refusal(description: "the sample is not of the family \(family)")
    }
    guard (series.labels["le"] != nil) == series.name.hasSuffix("_bucket") else {
      throw Refusal(description: "le is for buckets")
    }
    guard value >= 0, value == value.rounded() || series.name.hasSuffix("_sum") else {
      throw Refusal(description: "not a count")
    }
    guard values.updateValue(value, forKey: series) == nil else {
      throw Refusal(description: "the same sample twice")
    }
  }

  private static func check(name: String) throws {
    func isLegal(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || scalar == ":")
    }
    guard let first = name.unicodeScalars.first, isLegal(first),
      name.unicodeScalars.allSatisfy({ isLegal($0) || ("0"..."9").contains($0) })
    else { throw Refusal(description: "\"\(name)\" is no name") }
  }

  /// Reads the value of a label and the quote after it.
  private static func value(_ rest: inout Substring) throws -> String {
    var result = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return result
      case "\\":
        switch rest.popFirst() {
        case "\\": result += "\\"
        case "\"": result += "\""
        case "n": result += "\n"
        default: throw Refusal(description: "an unknown escape")
        }
      default: result.append(character)
      }
    }
    throw Refusal(description: "a value does not end")
  }

  private func checkHistogram(_ name: String) throws {
    let buckets = values.filter { $0.key.name == name + "_bucket" }
    let groups = Dictionary(grouping: buckets) { $0.key.labels.filter { $0.key != "le" } }
    for (labels, buckets) in groups {
      let sorted = try buckets.map { bucket -> (bound: Double, count: Double) in
        let text = bucket.key.labels["le"] ?? ""
        guard let bound = text == "+Inf" ? .infinity : Double(text) else {
          throw Refusal(description: "le is \(text)")
        }
        return (bound, bucket.value)
      }.sorted { $0.bound < $1.bound }
      let counts = sorted.map(\.count)
      guard sorted.last?.bound == .infinity, counts == counts.sorted(),
        counts.last == self[name + "_count", labels], self[name + "_sum", labels] != nil
      else { throw Refusal(description: "\(name) \(labels) is no histogram") }
    }
  }
}

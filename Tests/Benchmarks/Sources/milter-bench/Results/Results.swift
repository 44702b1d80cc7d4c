import Foundation

/// The results of one run of the benchmark.
struct Results: Codable {
  /// The machine and the settings of the run.
  struct Setting: Codable {
    let processors: Int
    let isPinned: Bool
    let rounds: Int
    let seconds: Double
    let isQuick: Bool
  }

  let setting: Setting
  var rows: [Row] = []

  /// Returns the results as JSON with sorted keys.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}

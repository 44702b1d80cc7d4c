import Foundation

/// All that one run of the benchmark found out.
struct Results: Codable {
  /// The machine and the settings, to judge the numbers by.
  struct Setting: Codable {
    let processors: Int
    let isPinned: Bool
    let rounds: Int
    let seconds: Double
    let isQuick: Bool
  }

  let setting: Setting
  var rows: [Row] = []

  /// As JSON, keys in order.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }
}

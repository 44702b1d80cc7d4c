/// The programs that are compared.
enum TargetName: String, CaseIterable, Codable {
  case milterkit
  case async
  case dropin
  case libmilter
  case floor

  /// The targets that use this library.
  static let ours: [TargetName] = [.milterkit, .dropin]

  /// The name in the report.
  var title: String {
    switch self {
    case .milterkit: "MilterKit"
    case .async: "AsyncMilter"
    case .dropin: "C drop-in"
    case .libmilter: "libmilter"
    case .floor: "floor"
    }
  }
}

import Foundation
import MilterProcessFixtures
import Testing

/// Filters that count the headers and bytes they see, each on another implementation.
enum CountingFilter: String, CaseIterable, CustomStringConvertible, Sendable {
  case ours = "stamp, on MilterKit"
  case libmilter = "seen.c, on Sendmail's libmilter"
  case kilter = "seen.py, on kilter.service from PyPI"
  case goMilter = "seen.go, on Debian's go-milter"

  var description: String { rawValue }

  /// What is missing on this machine for the filter, and how to install it; `nil` if nothing is missing.
  var missing: String? {
    let needed: [String] =
      switch self {
      case .ours: []
      case .libmilter: ["/usr/bin/cc", "/usr/include/libmilter/mfapi.h"]
      case .kilter: ForeignFilters.python("kilter/service")
      case .goMilter: ForeignFilters.go("emersion/go-milter/server.go")
      }
    return InstallScript.filters.missing(needed, for: self)
  }

  /// The command that starts the filter, for `--exec`.
  var command: String {
    get throws {
      if let missing { throw HarnessError(missing) }
      switch self {
      case .ours:
        return try "exec \(BuiltProgram.path(of: "stamp")) --log-level error --socket {socket}"
      case .libmilter: return "exec \(try Self.compiledC.get()) {socket}"
      case .kilter:
        return "PYTHONPATH=\(ForeignFilters.pythonPackages) exec /usr/bin/python3 "
          + "\(FilterSource.path(of: "seen.py")) {socket}"
      case .goMilter: return "exec \(try Self.compiledGo.get()) {socket}"
      }
    }
  }

  private static let compiledC = Result { try FilterSource.compileC("seen") }
  private static let compiledGo = Result { try FilterSource.compileGo("seen") }
}

extension Trait where Self == ConditionTrait {
  /// Runs the tests if all filters can be started, or if the filters are required.
  static var needsForeignFilters: Self {
    .needs(.filters, missing: CountingFilter.allCases.map(\.missing))
  }
}

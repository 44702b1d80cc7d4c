import MilterProcessFixtures
import Testing

/// Third-party implementations of the MTA's side, as programs that print a filter's answers.
enum ForeignClient: String, CaseIterable, CustomStringConvertible, Sendable {
  case goMilter = "client.go, on Debian's go-milter"
  case kilter = "client_kilter.py, on kilter.protocol from PyPI"

  var description: String { rawValue }

  /// A description of what this machine lacks, and how to get it; `nil` if nothing is missing.
  var missing: String? {
    let needed: [String] =
      switch self {
      case .goMilter: ForeignFilters.go("emersion/go-milter/client.go")
      case .kilter: ForeignFilters.python("kilter/protocol")
      }
    return InstallScript.filters.missing(needed, for: self)
  }

  /// Runs the client against a filter, and returns the client's output.
  func play(to socket: String) throws -> String {
    if let missing { throw HarnessError(missing) }
    switch self {
    case .goMilter:
      return try Subprocess.succeed(Self.compiled.get().program, [socket]).output
    case .kilter:
      var environment = Subprocess.environment
      environment["PYTHONPATH"] = ForeignFilters.pythonPackages
      return try Subprocess.succeed(
        "/usr/bin/python3", [Self.source("client_kilter.py"), socket], environment: environment
      ).output
    }
  }

  private static func source(_ name: String) -> String {
    "\(BuiltProgram.packageRoot)/Tests/LibmilterTests/Clients/\(name)"
  }

  private static let compiled = Result {
    let folder = try ScratchDirectory()
    let program = folder.path(of: "client")
    try ForeignFilters.compileGo(
      source("client.go"), to: program, cache: folder.path(of: "cache"))
    return (program: program, folder: folder)
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the tests if both clients can be started, or if they are required.
  static var needsForeignClients: Self {
    .needs(.filters, missing: ForeignClient.allCases.map(\.missing))
  }
}

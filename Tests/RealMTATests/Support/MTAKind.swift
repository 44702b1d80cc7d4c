import Foundation
import Glibc

/// The mail servers this harness can start.
enum MTAKind: String, CaseIterable, CustomStringConvertible {
  case postfix = "Postfix"
  case sendmail = "Sendmail"

  /// The name to show.
  var description: String { rawValue }

  /// What this machine lacks for starting it, and how to get it; nil when nothing is missing.
  var missing: String? {
    let lacking = files.filter { access($0, F_OK) != 0 } + (geteuid() == 0 ? [] : ["root's rights"])
    guard !lacking.isEmpty else { return nil }
    return "\(self) cannot be started, for lack of \(lacking.joined(separator: ", ")); "
      + "run .ci/install-mtas and then the tests, both as root"
  }

  /// Whether a test must fail rather than be skipped when something is missing.
  static var areRequired: Bool {
    let environment = ProcessInfo.processInfo.environment
    return ["CI", "SWIFT_MILTER_REQUIRE_MTAS"].contains { !(environment[$0] ?? "").isEmpty }
  }

  /// Starts a private instance.
  func start(_ settings: MTASettings = MTASettings()) throws -> any MTA {
    if let missing { throw HarnessError(missing) }
    return switch self {
    case .postfix: try PostfixInstance(settings)
    case .sendmail: try SendmailInstance(settings)
    }
  }

  /// The files it cannot be started without.
  private var files: [String] {
    switch self {
    case .postfix: PostfixInstance.neededFiles
    case .sendmail: SendmailInstance.neededFiles
    }
  }
}

import Foundation
import Glibc
import MilterProcessFixtures
import Testing

/// The unmodified programs the tests start.
enum DebianFilter: String, CustomStringConvertible {
  case opendkim = "OpenDKIM"
  case miltertest = "miltertest"
  case opendmarc = "OpenDMARC"
  case pymilter = "pymilter"
  case perl = "Sendmail::Milter"
  case spamassMilter = "spamass-milter"
  case clamavMilter = "clamav-milter"
  case amavisdMilter = "amavisd-milter"
  case compiler = "a C compiler"

  /// The name to show.
  var description: String { rawValue }

  /// The program to start.
  var program: String {
    switch self {
    case .opendkim: "/usr/sbin/opendkim"
    case .miltertest: "/usr/bin/miltertest"
    case .opendmarc: "/usr/sbin/opendmarc"
    case .pymilter: "/usr/bin/python3"
    case .perl: "/usr/bin/perl"
    case .spamassMilter: "/usr/sbin/spamass-milter"
    case .clamavMilter: "/usr/sbin/clamav-milter"
    case .amavisdMilter: "\(ForeignFilters.unpackedRoot)/usr/sbin/amavisd-milter"
    case .compiler: "/usr/bin/cc"
    }
  }

  /// A description of what this machine lacks, and how to get it; `nil` if nothing is missing.
  var missing: String? {
    InstallScript.filters.missing(
      [Self.compiler.program, program] + furtherFiles, for: self)
  }

  /// Throws an error with this description if something is missing.
  func check() throws {
    if let missing { throw HarnessError(missing) }
  }

  private var furtherFiles: [String] {
    switch self {
    case .opendkim: [DKIMKey.generator]
    case .pymilter: ["/usr/lib/python3/dist-packages/Milter/__init__.py"]
    case .perl: Self.isInstalled("libsendmail-milter-perl") ? [] : ["Sendmail/Milter.pm"]
    case .spamassMilter: ["/usr/bin/spamc"]
    case .compiler: ["/usr/include/libmilter/mfapi.h"]
    default: []
    }
  }

  private static func isInstalled(_ package: String) -> Bool {
    access("/var/lib/dpkg/info/\(package).list", F_OK) == 0
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test where these filters can be started.
  ///
  /// On other machines, the test is skipped, and the report shows what is missing and how to
  /// install it. If filters are required (see `InstallScript.isRequired`), the test runs and fails.
  static func requires(_ filters: DebianFilter...) -> Self {
    .needs(.filters, missing: filters.map(\.missing))
  }
}

/// The root of all suites that start filters; add a new suite in an extension.
///
/// The tests run one at a time, because several filters at once would slow each other down.
@Suite(.ownThread, .serialized, .timeLimit(.minutes(15)))
enum DebianBinaries {}

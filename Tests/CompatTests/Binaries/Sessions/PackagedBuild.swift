import Foundation
import MilterProcessFixtures
import Testing

/// A release's build of a filter.
struct PackagedBuild: Sendable, CustomTestStringConvertible {
  let filter: PackagedFilter
  let release: FilterRelease

  /// Returns all builds of a release.
  ///
  /// Debian has no milter-regex. It is included only if it was built from its source, as
  /// `usr/sbin/milter-regex` in the folder of `.ci/install-filters`.
  static func all(of release: FilterRelease) -> [PackagedBuild] {
    PackagedFilter.allCases.filter { $0.releases.contains(release) }
      .map { PackagedBuild(filter: $0, release: release) }
      .filter {
        $0.filter != .milterRegex
          || InstallScript.filters.missing([$0.program], for: $0.testDescription) == nil
      }
  }

  var testDescription: String {
    release == .installed ? filter.rawValue : "\(filter.rawValue) of Debian 13"
  }

  /// The path of the program, or of the script for an interpreter.
  var program: String {
    switch filter {
    case .amavisdMilter: unpacked("/usr/sbin/amavisd-milter")
    case .bobcat: "\(Self.bobcat)/usr/lib/libbobcat.so.6"
    case .clamavMilter: release.path(of: "/usr/sbin/clamav-milter")
    case .dkimpyMilter: release.path(of: "/usr/bin/dkimpy-milter")
    case .mailMilter: LibraryUnderTest.program("modules.pl")
    case .milterGreylist: release.path(of: "/usr/sbin/milter-greylist")
    case .milterRegex: unpacked("/usr/sbin/milter-regex")
    case .mimedefang: unpacked("/usr/bin/mimedefang")
    case .opendkim: release.path(of: "/usr/sbin/opendkim")
    case .opendmarc: release.path(of: "/usr/sbin/opendmarc")
    case .pymilter: LibraryUnderTest.program("actions.py")
    case .pyspfMilter: release.path(of: "/usr/bin/pyspf-milter")
    case .sendmailMilter: LibraryUnderTest.program("actions.pl")
    case .spamassMilter: release.path(of: "/usr/sbin/spamass-milter")
    case .vrfydmn: unpacked("/usr/sbin/vrfydmn")
    }
  }

  /// The path of an interpreter that runs the program.
  var interpreter: String? {
    switch filter {
    case .dkimpyMilter, .pymilter, .pyspfMilter, .vrfydmn: release.path(of: release.python)
    case .mailMilter, .sendmailMilter: "/usr/bin/perl"
    default: nil
    }
  }

  /// The expected transcript of the session, with any library and any release.
  var transcript: String {
    get throws {
      let file =
        "\(BuiltProgram.packageRoot)/Tests/CompatTests/Binaries/Transcripts/\(filter).txt"
      return try String(contentsOfFile: file, encoding: .utf8)
    }
  }

  /// The folder of the unpacked libbobcat and its headers.
  static let bobcat = "\(ForeignFilters.unpackedRoot)/bobcat"

  /// A description of what this machine lacks, and how to get it; `nil` if nothing is missing.
  var missing: String? {
    var needed = [DebianFilter.compiler.program, program] + release.neededFiles
    if let interpreter { needed.append(interpreter) }
    switch filter {
    case .opendkim, .dkimpyMilter: needed.append("/usr/sbin/opendkim-genkey")
    case .mailMilter: needed.append("/usr/share/perl5/Mail/Milter/Chain.pm")
    case .pymilter:
      needed.append(release.path(of: "/usr/lib/python3/dist-packages/Milter/__init__.py"))
    case .sendmailMilter: needed.append("/var/lib/dpkg/info/libsendmail-milter-perl.list")
    case .spamassMilter: needed.append("/usr/bin/spamc")
    default: break
    }
    return InstallScript.filters.missing(needed, for: testDescription).map {
      "\($0), after .ci/install-mtas"
    }
  }

  /// Returns the path of a program that is unpacked for both releases.
  private func unpacked(_ file: String) -> String {
    release == .installed ? ForeignFilters.unpackedRoot + file : release.path(of: file)
  }
}

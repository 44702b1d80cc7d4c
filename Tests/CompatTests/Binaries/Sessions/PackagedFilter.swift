/// A filter on libmilter from a package of Debian 12 or 13, or our filter on a packaged language
/// binding of libmilter.
///
/// Only pagure-milters is missing, which is a part of Pagure. milter-regex is not in Debian.
enum PackagedFilter: String, CaseIterable, Sendable {
  case amavisdMilter = "amavisd-milter"
  case bobcat = "libbobcat's class Milter"
  case clamavMilter = "clamav-milter"
  case dkimpyMilter = "dkimpy-milter"
  case mailMilter = "Mail::Milter"
  case milterGreylist = "milter-greylist"
  case milterRegex = "milter-regex"
  case mimedefang = "MIMEDefang"
  case opendkim = "OpenDKIM"
  case opendmarc = "OpenDMARC"
  case pymilter = "pymilter"
  case pyspfMilter = "pyspf-milter"
  case sendmailMilter = "Sendmail::Milter"
  case spamassMilter = "spamass-milter"
  case vrfydmn = "vrfydmn"

  /// The releases whose builds are run.
  var releases: [FilterRelease] {
    switch self {
    // Debian 12 has no such package.
    case .milterGreylist: [.trixie]
    // Debian 13 has no such packages.
    case .mailMilter, .sendmailMilter: [.installed]
    // This machine's compiler compiles them.
    case .bobcat, .milterRegex: [.installed]
    default: FilterRelease.allCases
    }
  }
}

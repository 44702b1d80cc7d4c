/// A filter on libmilter that Debian 12 or Debian 13 has as a package, or the binding of a language to libmilter,
/// with a filter of ours.
///
/// That is all of them but pagure-milters, which is a part of Pagure. Debian has no milter-regex.
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

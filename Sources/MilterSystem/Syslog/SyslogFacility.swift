import MilterPlatform

/// The facility of a program's lines in syslog.
package enum SyslogFacility: String, CaseIterable, Sendable {
  case mail, daemon, user, auth, authpriv
  case local0, local1, local2, local3, local4, local5, local6, local7

  /// The number in the C library.
  var number: Int32 {
    switch self {
    case .mail: LOG_MAIL
    case .daemon: LOG_DAEMON
    case .user: LOG_USER
    case .auth: LOG_AUTH
    case .authpriv: LOG_AUTHPRIV
    case .local0: LOG_LOCAL0
    case .local1: LOG_LOCAL1
    case .local2: LOG_LOCAL2
    case .local3: LOG_LOCAL3
    case .local4: LOG_LOCAL4
    case .local5: LOG_LOCAL5
    case .local6: LOG_LOCAL6
    case .local7: LOG_LOCAL7
    }
  }
}

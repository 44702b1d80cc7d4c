/// The priority of a line in syslog, by the numbers of the syslog protocol.
package enum SyslogPriority: Int32, Sendable {
  case error = 3
  case warning = 4
  case notice = 5
  case info = 6
  case debug = 7
}

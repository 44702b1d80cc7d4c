@preconcurrency import Glibc
import Libmilter
import Synchronization

/// A setting, which is set before the first callback, and only read after that.
nonisolated(unsafe) var mostRecipients = 100

/// A count that callbacks on several threads change.
let refusals = Mutex(0)

/// Logs a text, like `syslog(priority, "%s", text)` in C, which is variadic.
func note(_ priority: Int32, _ text: String) {
  text.withCString { text in withVaList([text]) { vsyslog(priority, "%s", $0) } }
}

@Sendable func limitEnvfrom(_ ctx: SMFICTX, _ arguments: [String]) -> sfsistat {
  smfi_setpriv(ctx, 0)
  return SMFIS_CONTINUE
}

@Sendable func limitEnvrcpt(_ ctx: SMFICTX, _ arguments: [String]) -> sfsistat {
  let count = (smfi_getpriv(ctx) as? Int ?? 0) + 1
  if count <= mostRecipients {
    smfi_setpriv(ctx, count)
    return SMFIS_CONTINUE
  }
  let total = refusals.withLock { count in
    count += 1
    return count
  }
  note(LOG_NOTICE, "recipient \(count) refused, \(total) refused so far")
  return SMFIS_TEMPFAIL
}

let limit = smfiDesc(
  xxfi_name: "limit",
  xxfi_envfrom: limitEnvfrom,
  xxfi_envrcpt: limitEnvrcpt)

var socket: String?
var logOptions = LOG_PID
while case let option = getopt(CommandLine.argc, CommandLine.unsafeArgv, "p:r:s"), option != -1 {
  switch UnicodeScalar(UInt8(option)) {
  case "p": socket = String(cString: optarg)
  case "r": mostRecipients = Int(atoi(optarg))
  case "s": logOptions |= LOG_PERROR  // also to standard error
  default: exit(64)  // EX_USAGE; getopt has printed the reason
  }
}
guard let socket, smfi_setconn(socket) == MI_SUCCESS else {
  fputs("usage: limit -p SOCKET [-r COUNT] [-s]\n", stderr)
  exit(64)
}
openlog(strdup("limit"), logOptions, LOG_MAIL)  // the C library keeps the pointer
guard smfi_register(limit) == MI_SUCCESS, smfi_main() == MI_SUCCESS else {
  note(LOG_ERR, "cannot listen on \(socket)")
  exit(1)
}

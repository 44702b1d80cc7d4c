// doorman-libmilter: the filter of ../c/doorman.c in Swift, with libmilter's names.
//
// It has the same lines as the C filter, without those that manage memory. The comment at the top of
// ../c/doorman.c explains the options.
//
//   swift run doorman-libmilter -p inet:8891@127.0.0.1 -n mail.example.com

import Libmilter

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

let trace = "X-Doorman"
let wanted = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE | SMFIF_SETSYMLIST

/// The settings.
///
/// They are read from the command line at the first use, which is in `main`.
let settings = Settings()

/// The settings, which C keeps in static variables.
///
/// They are read with `getopt`, as in C.
struct Settings {
  var socket: String?
  var ownNames: [String] = []
  var blockedDomains: [String] = []
  var tag = "[EXT]"
  var mostRecipients = 100
  var mostHops = 25
  var hashedBytes = 4096

  init() {
    while true {
      let option = getopt(CommandLine.argc, CommandLine.unsafeArgv, "p:n:d:r:c:b:t:")
      if option == -1 { break }
      guard let argument = optarg else { usage() }
      let text = String(cString: argument)
      switch Character(Unicode.Scalar(UInt8(truncatingIfNeeded: option))) {
      case "p": socket = text
      case "n": ownNames.append(text)
      case "d": blockedDomains.append(text)
      case "r": mostRecipients = Int(atoi(argument))
      case "c": mostHops = Int(atoi(argument))
      case "b": hashedBytes = max(0, Int(atoi(argument)))
      case "t": tag = text
      default: usage()
      }
    }
  }
}

func usage() -> Never {
  fputs(
    "usage: doorman -p SOCKET [-n NAME]... [-d DOMAIN]... [-r COUNT] [-c COUNT] [-b BYTES]"
      + " [-t TAG]\n", stderr)
  exit(64)  // EX_USAGE
}

/// A client, and its current message.
final class Client {
  var canSkip = false
  var helo: String?
  var sender: String?
  var subject: String?
  var recipients = 0
  var hops = 0
  var forged = 0
  var bytes = 0
  var hash: UInt32 = 2_166_136_261  // the 32-bit FNV-1a hash of nothing

  /// Resets the properties of the message, not those of the client.
  func forgetMessage() {
    sender = nil
    subject = nil
    recipients = 0
    hops = 0
    forged = 0
    bytes = 0
    hash = 2_166_136_261
  }
}

/// The private data of a connection.
///
/// It is made at the first call.
func client(of ctx: SMFICTX) -> Client {
  if let client = smfi_getpriv(ctx) as? Client { return client }
  let client = Client()
  smfi_setpriv(ctx, client)
  return client
}

/// Whether the sender's domain, the text after the last @, is blocked.
func isBlocked(_ sender: String) -> Bool {
  guard let at = sender.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
  let domain = sender[sender.utf8.index(after: at)...].prefix { $0 != ">" }
  return settings.blockedDomains.contains { strcasecmp($0, String(domain)) == 0 }
}

/// A text of the client if it can be a word in a header field; otherwise a dash.
func word(_ text: String?) -> String {
  guard let text, 1...255 ~= text.utf8.count, text.utf8.allSatisfy({ 33...126 ~= $0 }) else {
    return "-"
  }
  return text
}

/// Whether a subject can be tagged: it has no raw 8-bit characters, and no tag yet.
func isTaggable(_ subject: String) -> Bool {
  subject.utf8.allSatisfy { 32...126 ~= $0 || $0 == 9 || $0 == 10 }
    && !subject.utf8.starts(with: settings.tag.utf8)
}

@Sendable func doormanNegotiate(
  _ ctx: SMFICTX, _ f0: UInt, _ f1: UInt, _ f2: UInt, _ f3: UInt,
  _ pf0: inout UInt, _ pf1: inout UInt, _ pf2: inout UInt, _ pf3: inout UInt
) -> sfsistat {
  if f0 & SMFIF_SETSYMLIST != 0 {
    smfi_setsymlist(ctx, SMFIM_ENVFROM, "{auth_authen}")
    smfi_setsymlist(ctx, SMFIM_EOM, "i")
  }
  pf0 = f0 & wanted  // an action that the MTA lacks fails later, and so does the message
  pf1 = (pf1 | SMFIP_NR_HDR) & f1
  pf2 = 0
  pf3 = 0
  client(of: ctx).canSkip = pf1 & SMFIP_SKIP != 0
  return SMFIS_CONTINUE
}

@Sendable func doormanConnect(
  _ ctx: SMFICTX, _ host: String, _ address: MilterAddress?
) -> sfsistat {
  switch address {
  case .inet(let text, _) where text.hasPrefix("127."): SMFIS_ACCEPT
  case .inet6("::1", _): SMFIS_ACCEPT
  default: SMFIS_CONTINUE
  }
}

@Sendable func doormanHelo(_ ctx: SMFICTX, _ host: String) -> sfsistat {
  if settings.ownNames.contains(where: { strcasecmp($0, host) == 0 }) {
    smfi_setreply(ctx, "550", "5.7.1", "That is my name, not yours")
    return SMFIS_REJECT
  }
  client(of: ctx).helo = host
  return SMFIS_CONTINUE
}

@Sendable func doormanEnvfrom(_ ctx: SMFICTX, _ arguments: [String]) -> sfsistat {
  let client = client(of: ctx)
  client.forgetMessage()
  if let user = smfi_getsymval(ctx, "{auth_authen}"), !user.isEmpty { return SMFIS_ACCEPT }
  if isBlocked(arguments[0]) {
    smfi_setmlreply(
      ctx, "550", "5.7.1", "Mail from this domain is not accepted here.",
      "If that is a mistake, call the postmaster,", "who knows the reason.", nil)
    return SMFIS_REJECT
  }
  client.sender = arguments[0]
  return SMFIS_CONTINUE
}

@Sendable func doormanEnvrcpt(_ ctx: SMFICTX, _ arguments: [String]) -> sfsistat {
  let client = client(of: ctx)
  if client.recipients >= settings.mostRecipients {
    smfi_setreply(ctx, "452", "4.5.3", "Too many recipients, send the rest separately")
    return SMFIS_TEMPFAIL
  }
  client.recipients += 1
  return SMFIS_CONTINUE
}

@Sendable func doormanHeader(_ ctx: SMFICTX, _ name: String, _ value: String) -> sfsistat {
  let client = client(of: ctx)
  if strcasecmp(name, "Received") == 0 { client.hops += 1 }
  if strcasecmp(name, trace) == 0 { client.forged += 1 }
  if strcasecmp(name, "Subject") == 0, client.subject == nil { client.subject = value }
  return SMFIS_NOREPLY
}

@Sendable func doormanBody(_ ctx: SMFICTX, _ chunk: RawSpan, _ length: Int) -> sfsistat {
  let client = client(of: ctx)
  chunk.withUnsafeBytes { chunk in
    for byte in chunk.prefix(settings.hashedBytes - client.bytes) {
      client.hash = (client.hash ^ UInt32(byte)) &* 16_777_619
      client.bytes += 1
    }
  }
  return client.canSkip && client.bytes == settings.hashedBytes ? SMFIS_SKIP : SMFIS_CONTINUE
}

@Sendable func doormanEom(_ ctx: SMFICTX) -> sfsistat {
  let client = client(of: ctx)
  // From the last to the first: with Postfix, a deletion renumbers the fields after it.
  for number in stride(from: client.forged, to: 0, by: -1) {
    if smfi_chgheader(ctx, trace, Int32(number), nil) != MI_SUCCESS { return SMFIS_TEMPFAIL }
  }
  if let subject = client.subject, isTaggable(subject),
    smfi_chgheader(ctx, "Subject", 1, "\(settings.tag) \(subject)") != MI_SUCCESS
  {
    return SMFIS_TEMPFAIL
  }
  let value = """
    helo=\(word(client.helo)) from=\(word(client.sender))
    \trcpts=\(client.recipients) body=\(String(client.hash, radix: 16))/\(client.bytes) \
    id=\(word(smfi_getsymval(ctx, "i")))
    """
  if smfi_addheader(ctx, trace, value) != MI_SUCCESS { return SMFIS_TEMPFAIL }
  if client.hops > settings.mostHops,
    smfi_quarantine(ctx, "too many Received headers") != MI_SUCCESS
  {
    return SMFIS_TEMPFAIL
  }
  client.forgetMessage()
  return SMFIS_CONTINUE
}

@Sendable func doormanAbort(_ ctx: SMFICTX) -> sfsistat {
  client(of: ctx).forgetMessage()
  return SMFIS_CONTINUE
}

@Sendable func doormanClose(_ ctx: SMFICTX) -> sfsistat {
  smfi_setpriv(ctx, nil)  // Swift frees it
  return SMFIS_CONTINUE
}

let doorman = smfiDesc(
  xxfi_name: "doorman",
  xxfi_version: SMFI_VERSION,
  xxfi_flags: wanted,
  xxfi_connect: doormanConnect,
  xxfi_helo: doormanHelo,
  xxfi_envfrom: doormanEnvfrom,
  xxfi_envrcpt: doormanEnvrcpt,
  xxfi_header: doormanHeader,
  xxfi_body: doormanBody,
  xxfi_eom: doormanEom,
  xxfi_abort: doormanAbort,
  xxfi_close: doormanClose,
  xxfi_negotiate: doormanNegotiate)

/// The program, like `main` in C.
@main
enum Doorman {
  static func main() {
    guard let socket = settings.socket, smfi_setconn(socket) == MI_SUCCESS else { usage() }
    if smfi_register(doorman) != MI_SUCCESS || smfi_main() != MI_SUCCESS {
      fputs("doorman: cannot listen on \(socket)\n", stderr)
      exit(1)
    }
  }
}

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

/// What C keeps in static variables, read with the same `getopt`.
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

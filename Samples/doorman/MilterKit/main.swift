// The program keeps the command line of the C filter, so it makes its server itself. A new filter needs no
// such file: `@main` on the class makes the program.

import MilterKit

#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#else
  @preconcurrency import Glibc
#endif

do {
  let settings = try Settings(CommandLine.arguments.dropFirst())
  let server = try MilterServer(sockets: settings.sockets) { Doorman(settings) }
  try server.run()
} catch let error as Settings.UsageError {
  fputs("doorman: \(error.reason)\n\(Settings.usage)\n", stderr)
  exit(64)  // EX_USAGE
} catch {
  fputs("doorman: \(error)\n", stderr)
  exit(1)
}

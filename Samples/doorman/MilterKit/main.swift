// A program that keeps the command line it had in C makes its server itself; for a new one `@main`
// on the class is all.

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

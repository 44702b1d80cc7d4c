import CHost
@preconcurrency import Glibc
import MilterKit

/// Serves one of the filters: `bench-filter full|rcpt|noreply|block SOCKET`.
@main
enum BenchFilter {
  static func main() throws {
    host_end_with_parent()
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let make = filter(arguments[1]) else {
      fputs("usage: bench-filter full|rcpt|noreply|block SOCKET\n", stderr)
      exit(64)
    }
    var configuration = MilterConfiguration()
    configuration.backlog = 4096
    configuration.log.level = .warning
    try MilterServer(
      sockets: [arguments[2]], configuration: configuration, makeMilter: make
    ).run()
  }

  private static func filter(_ mode: String) -> (@Sendable () -> Milter)? {
    switch mode {
    case "full": { CheckingFilter() }
    case "rcpt": { RecipientFilter() }
    case "noreply": { QuietFilter() }
    case "block": { BlockingFilter() }
    default: nil
    }
  }
}

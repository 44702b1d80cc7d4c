import BenchFilters
import CHost
import Dispatch
@preconcurrency import Glibc
import MilterKit

/// Serves one of the filters: `bench-filter [async] MODE SOCKET`.
///
/// In mode `wait`, SIGUSR2 lets the waiting callbacks return.
@main
enum BenchFilter {
  static func main() throws {
    host_end_with_parent()
    var arguments = CommandLine.arguments.dropFirst()
    let isAsync = arguments.first == "async"
    if isAsync { arguments.removeFirst() }
    guard arguments.count == 2, let mode = arguments.popFirst(), let socket = arguments.popFirst(),
      let make = filter(mode, isAsync)
    else {
      fputs(
        "usage: bench-filter [async] MODE SOCKET, where MODE is full, rcpt, noreply, raw, block, wait, "
          + "collect, value, chain1 or chain3\n", stderr)
      exit(64)
    }
    var configuration = MilterConfiguration()
    configuration.backlog = 4096
    configuration.log.level = .warning
    var source: (any DispatchSourceSignal)?
    if mode == "wait" {
      // The callback of each connection blocks a thread.
      configuration.maxThreads = 20_000
      source = openGateOnSignal()
    }
    try MilterServer(sockets: [socket], configuration: configuration, makeMilter: make).run()
    source?.cancel()
  }

  /// Only for the mode that needs it, because the source has a thread, and threads are counted.
  private static func openGateOnSignal() -> any DispatchSourceSignal {
    signal(SIGUSR2, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGUSR2, queue: .global())
    // `@Sendable` keeps the handler off the main actor, because it runs on a global queue.
    source.setEventHandler { @Sendable in Gate.shared.open() }
    source.resume()
    return source
  }

  private static func filter(_ mode: String, _ isAsync: Bool) -> (@Sendable () -> MilterBase)? {
    switch (mode, isAsync) {
    case ("full", false): { CheckingFilter() }
    case ("full", true): { AsyncCheckingFilter() }
    case ("rcpt", false): { RecipientFilter() }
    case ("rcpt", true): { AsyncRecipientFilter() }
    case ("noreply", false): { QuietFilter() }
    case ("raw", false): { RawQuietFilter() }
    case ("noreply", true): { AsyncQuietFilter() }
    case ("block", false): { BlockingFilter() }
    case ("block", true): { AsyncBlockingFilter() }
    case ("wait", false): { WaitingFilter() }
    case ("wait", true): { AsyncWaitingFilter() }
    case ("collect", false): { CollectingFilter() }
    case ("value", false): { ValueFilter() }
    case ("chain1", false): { MilterChain { CheckingFilter() } }
    case ("chain3", false):
      { MilterChain { for _ in 0..<3 { ChainMember.filter(CheckingFilter()) } } }
    default: nil
    }
  }
}

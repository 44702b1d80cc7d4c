package import MilterKit

/// The same as ``CheckingFilter``, with callbacks that could suspend.
package class AsyncCheckingFilter: AsyncMilter {
  private var seen = 0

  package override class var actions: MilterActionFlags { .addhdrs }

  package override func connect(_ host: String, _ address: MilterAddress?) async throws -> Status {
    seen &+= host.utf8.count
    return .continue
  }

  package override func helo(_ host: String) async throws -> Status {
    seen &+= host.utf8.count
    return .continue
  }

  package override func envfrom(_ sender: String, _ args: [String]) async throws -> Status {
    seen &+= sender.utf8.count
    return .continue
  }

  package override func envrcpt(_ recipient: String, _ args: [String]) async throws -> Status {
    seen &+= recipient.utf8.count
    return .continue
  }

  package override func data() async throws -> Status { .continue }

  package override func unknown(_ command: String) async throws -> Status {
    seen &+= command.utf8.count
    return .continue
  }

  package override func header(_ name: String, _ value: String) async throws -> Status {
    seen &+= name.utf8.count &+ value.utf8.count
    return .continue
  }

  package override func eoh() async throws -> Status { .continue }

  package override func body(_ chunk: [UInt8]) async throws -> Status {
    seen &+= chunk.count
    return .continue
  }

  package override func eom() async throws -> Status {
    try addheader("X-Bench", "checked")
    return .accept
  }

  package override func abort() async { seen = 0 }

  package override func close() async { seen = 0 }
}

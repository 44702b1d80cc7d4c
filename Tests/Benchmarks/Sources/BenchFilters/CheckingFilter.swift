package import MilterKit

/// The measured filter, which has every callback and adds one header field at eom.
///
/// `Filter/bench-filter.c` is the same in C. The callbacks use their arguments, so that the
/// optimizer cannot remove them.
package class CheckingFilter: Milter {
  private var seen = 0

  package override class var actions: MilterActionFlags { .addhdrs }

  package override func connect(_ host: String, _ address: MilterAddress?) throws -> Status {
    seen &+= host.utf8.count
    return .continue
  }

  package override func helo(_ host: String) throws -> Status {
    seen &+= host.utf8.count
    return .continue
  }

  package override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
    seen &+= sender.utf8.count
    return .continue
  }

  package override func envrcpt(_ recipient: String, _ args: [String]) throws -> Status {
    seen &+= recipient.utf8.count
    return .continue
  }

  package override func data() throws -> Status { .continue }

  package override func unknown(_ command: String) throws -> Status {
    seen &+= command.utf8.count
    return .continue
  }

  package override func header(_ name: String, _ value: String) throws -> Status {
    seen &+= name.utf8.count &+ value.utf8.count
    return .continue
  }

  package override func eoh() throws -> Status { .continue }

  package override func body(_ chunk: RawSpan) throws -> Status {
    seen &+= chunk.byteCount
    return .continue
  }

  package override func eom() throws -> Status {
    try addheader("X-Bench", "checked")
    return .accept
  }

  package override func abort() { seen = 0 }

  package override func close() { seen = 0 }
}

import Foundation
import MilterProcessFixtures

/// One of the two libraries that the filter runs with.
struct Library: Sendable {
  /// `original` or `ours`.
  let name: String
  /// The directory that is searched first; `nil` for the system's library.
  let directory: String?
  /// Further variables of the process's environment.
  let environment: [String: String]

  /// The original, with zeroed memory.
  ///
  /// The original reads past the end of some packets (facts 5.6 and 6.4 of `Facts.md`). In zeroed
  /// memory, it finds the end of a string or list there, as ours always does.
  static let original = Library(
    name: "original", directory: nil,
    environment: ["GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0"])

  /// Our library, with memory that is not zeroed: the library must not depend on its contents.
  static func ours(prefix: String) -> Library {
    Library(
      name: "ours", directory: "\(prefix)/lib",
      environment: ["GLIBC_TUNABLES": "glibc.malloc.perturb=165"])
  }

  /// The environment of a process that uses this library.
  var processEnvironment: [String: String] {
    var all = Subprocess.environment.merging(environment) { $1 }
    if let directory { all["LD_LIBRARY_PATH"] = directory }
    return all
  }
}

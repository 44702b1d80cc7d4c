import Foundation
import MilterProcessFixtures

/// One of the two libraries the filter runs with.
struct Library: Sendable {
  /// `original` or `ours`.
  let name: String
  /// The directory that is searched first; `nil` for the system's library.
  let directory: String?
  /// What else the process finds in its environment.
  let environment: [String: String]

  /// The original, in a memory that is zero.
  ///
  /// It reads past the end of some packets (facts 5.6 and 6.4 of `Facts.md`). What it finds there in zeroed
  /// memory is the end of a string or list, which is what ours finds always.
  static let original = Library(
    name: "original", directory: nil,
    environment: ["GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0"])

  /// Ours, in a memory that is filled with rubbish: nothing it does may depend on that.
  static func ours(prefix: String) -> Library {
    Library(
      name: "ours", directory: "\(prefix)/lib",
      environment: ["GLIBC_TUNABLES": "glibc.malloc.perturb=165"])
  }

  /// What a process that uses this library gets.
  var processEnvironment: [String: String] {
    var all = Subprocess.environment.merging(environment) { $1 }
    if let directory { all["LD_LIBRARY_PATH"] = directory }
    return all
  }
}

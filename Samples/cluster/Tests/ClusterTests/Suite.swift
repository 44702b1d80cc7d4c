import ClusterFixtures
import Foundation
import Testing

/// All tests, one after the other: each has servers of its own, and many threads.
@Suite(.serialized) struct ClusterSuite {}

/// The package's directory.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Where the build put a program: where the tests are that are running.
func built(_ name: String) -> String {
  URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: name).path
}

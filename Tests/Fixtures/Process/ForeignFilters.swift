import Foundation

/// The filters of others that `.ci/install-filters` installs.
package enum ForeignFilters {
  /// Where those are that are only unpacked.
  package static var unpackedRoot: String {
    let given = ProcessInfo.processInfo.environment["SWIFT_MILTER_FILTERS_ROOT"] ?? ""
    return given.isEmpty ? "/opt/swift-milter-tests/filters" : given
  }

  /// Where the Python packages are.
  package static var pythonPackages: String { "\(unpackedRoot)/python" }

  /// The files that a filter needs which uses one of the Python packages.
  package static func python(_ package: String) -> [String] {
    ["/usr/bin/python3", "\(pythonPackages)/\(package)/__init__.py"]
  }

  /// The files that a filter needs which uses a file of a Go package of Debian's.
  package static func go(_ file: String) -> [String] {
    ["/usr/bin/go", "\(goPath)/src/github.com/\(file)"]
  }

  /// Where Debian puts packages for Go.
  private static let goPath = "/usr/share/gocode"

  /// Compiles a filter in C with Sendmail's libmilter.
  package static func compileC(_ source: String, to program: String) throws {
    try Subprocess.succeed(
      "/usr/bin/cc",
      ["-std=c99", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lmilter", "-lpthread"])
  }

  /// Compiles a filter in Go with the packages of Debian.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - program: The path of the program.
  ///   - cache: A folder for what the compiler keeps.
  /// - Throws: An error with the compiler's messages.
  package static func compileGo(_ source: String, to program: String, cache: String) throws {
    try Subprocess.succeed(
      "/usr/bin/go", ["build", "-o", program, source],
      environment: Subprocess.environment.merging([
        "GOPATH": goPath, "GO111MODULE": "off", "GOCACHE": cache,
      ]) { $1 })
  }
}

import Foundation

/// The third-party filters that `.ci/install-filters` installs.
package enum ForeignFilters {
  /// The folder of the filters that are only unpacked.
  package static var unpackedRoot: String {
    let given = ProcessInfo.processInfo.environment["SWIFT_MILTER_FILTERS_ROOT"] ?? ""
    return given.isEmpty ? "/opt/swift-milter-tests/filters" : given
  }

  /// The folder of the Python packages.
  package static var pythonPackages: String { "\(unpackedRoot)/python" }

  /// Returns the files that a filter with one of the Python packages needs.
  package static func python(_ package: String) -> [String] {
    ["/usr/bin/python3", "\(pythonPackages)/\(package)/__init__.py"]
  }

  /// Returns the files that a filter with a file of Debian's Go packages needs.
  package static func go(_ file: String) -> [String] {
    ["/usr/bin/go", "\(goPath)/src/github.com/\(file)"]
  }

  /// The folder of Debian's Go packages.
  private static let goPath = "/usr/share/gocode"

  /// Compiles a filter in C with Sendmail's libmilter.
  package static func compileC(_ source: String, to program: String) throws {
    try Subprocess.succeed(
      "/usr/bin/cc",
      ["-std=c99", "-Wall", "-Wextra", "-Werror", "-o", program, source, "-lmilter", "-lpthread"])
  }

  /// Compiles a filter in Go with Debian's packages.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - program: The path of the program.
  ///   - cache: A folder for the compiler's cache.
  /// - Throws: An error with the compiler's messages.
  package static func compileGo(_ source: String, to program: String, cache: String) throws {
    try Subprocess.succeed(
      "/usr/bin/go", ["build", "-o", program, source],
      environment: Subprocess.environment.merging([
        "GOPATH": goPath, "GO111MODULE": "off", "GOCACHE": cache,
      ]) { $1 })
  }
}

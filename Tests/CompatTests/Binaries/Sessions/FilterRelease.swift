import Foundation
import Glibc
import MilterProcessFixtures

/// A Debian release whose builds of filters are run on this machine.
enum FilterRelease: String, CaseIterable, Sendable {
  /// The release of this machine, with the machine's packages.
  case installed
  /// Debian 13, unpacked by `.ci/install-filters`.
  ///
  /// Its programs need a newer C library than Debian 12 has, so the loader and the C library come from the tree
  /// that `.ci/mta-tree` makes.
  case trixie

  /// Returns the path of a file of the release.
  func path(of file: String) -> String { self == .installed ? file : Self.unpacked + file }

  /// The files that this machine must have to run a program of the release.
  var neededFiles: [String] { self == .installed ? [] : [Self.loader, Self.unpacked] }

  /// The Python interpreter, as a path below the release's root.
  var python: String { self == .installed ? "/usr/bin/python3" : "/usr/bin/python3.13" }

  /// Returns the command that starts a program of the release with a library.
  ///
  /// - Parameters:
  ///   - program: The path of the program, as in `path(of:)`.
  ///   - arguments: Its arguments.
  ///   - library: The libmilter that the program loads.
  /// - Returns: The command.
  /// - Throws: An error if the library is missing.
  func command(
    _ program: String, _ arguments: [String], on library: LibraryUnderTest
  ) throws -> FilterCommand {
    guard self == .trixie else {
      return FilterCommand(
        program: program, arguments: arguments, environment: library.environment,
        library: try library.file)
    }
    let folders = [
      library.prefix.map { "\($0)/lib" }, Self.unpacked + Self.libraries,
      Self.tree + Self.libraries,
    ]
    var environment = Subprocess.environment
    environment["PYTHONHOME"] = Self.unpacked + "/usr"
    environment["PYTHONPATH"] = Self.unpacked + "/usr/lib/python3/dist-packages"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    return FilterCommand(
      program: Self.loader,
      arguments: [
        "--library-path", folders.compactMap(\.self).joined(separator: ":"), program,
      ] + arguments,
      environment: environment,
      library: try library.prefix == nil
        ? LibraryUnderTest.real("\(Self.unpacked)\(Self.libraries)/libmilter.so.1.0.1")
        : library.file)
  }

  private static let libraries = "/usr/lib/x86_64-linux-gnu"
  private static let unpacked = "\(ForeignFilters.unpackedRoot)/trixie"
  private static let loader = "\(tree)/lib64/ld-linux-x86-64.so.2"
  private static let tree: String = {
    let given = ProcessInfo.processInfo.environment["SWIFT_MILTER_MTA_ROOTS"] ?? ""
    return (given.isEmpty ? "/opt/swift-milter-tests/roots" : given) + "/trixie"
  }()
}

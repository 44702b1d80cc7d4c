import Foundation
import MilterProcessFixtures
import Testing

/// A package that depends on this one and has targets with common names.
///
/// SwiftPM refuses a package graph in which two packages have a target of the same name.
struct DependentPackageTests {
  /// Common names of filters and helpers, including those of our samples.
  static let names = [
    "CEpoll", "CGetopt", "CLibmilter", "CommandLineSupport", "FilterFixtures", "ProcessFixtures",
    "CResolver", "blocklist", "clamd", "disarm", "disclaimer", "doorman", "fromalign", "greeter",
    "greylist", "journal", "milter", "ratelimit", "rewrite", "stamp",
  ]

  @Test func `A target of the user may have the name of a sample, a helper, or the tool`() throws {
    let directory = try ScratchDirectory()
    for name in Self.names {
      try directory.write("import MilterKit\n", to: "Sources/\(name)/main.swift")
    }
    let manifest = """
      // swift-tools-version: 6.2
      import PackageDescription
      let package = Package(
        name: "dependent", platforms: [.macOS(.v15)],
        dependencies: [.package(name: "swift-milter", path: "\(BuiltProgram.packageRoot)")],
        targets: \(Self.names).map {
          .executableTarget(
            name: $0, dependencies: [.product(name: "MilterKit", package: "swift-milter")])
        })
      """
    try directory.write(manifest, to: "Package.swift")
    let run = try Compiler.run(
      "swift", ["package", "--package-path", directory.path, "show-dependencies"])
    #expect(run.status == 0, "\(run.output + run.errors)")
  }

  @Test
  func
    `A fetched package offers the tool and at most nine libraries, and contains its samples`()
    throws
  {
    func products(_ root: String, _ type: String) throws -> Set<String> {
      let products = try #require(try manifest(of: root)["products"] as? [[String: Any]])
      return Set(
        products.filter { ($0["type"] as? [String: Any])?[type] != nil }
          .compactMap { $0["name"] as? String })
    }
    let scratch = try ScratchDirectory()
    let fetched = "\(scratch.path)/any/checkouts/swift-milter"
    try FileManager.default.createDirectory(atPath: fetched, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(BuiltProgram.packageRoot)/Package.swift", toPath: "\(fetched)/Package.swift")
    #expect(try products(fetched, "executable") == ["milter"])
    let libraries = try products(fetched, "library")
    #expect(libraries.contains("MilterKit") && libraries.count <= 9)
    let own = try products(BuiltProgram.packageRoot, "executable")
    #expect(own.isSuperset(of: ["greeter", "milter", "stamp"]))
  }

  @Test func `Every target's name shows that it is ours`() throws {
    let manifest = try manifest(of: BuiltProgram.packageRoot)
    let targets = try #require(manifest["targets"] as? [[String: Any]])
    let names = targets.filter { $0["type"] as? String != "test" }.compactMap {
      $0["name"] as? String
    }
    #expect(names.count > 20)
    #expect(names.filter { !$0.lowercased().contains("milter") } == [])
  }

  private func manifest(of root: String) throws -> [String: Any] {
    // The running `swift test` locks the package's scratch path, so this command has its own.
    let scratch = try ScratchDirectory()
    let run = try Compiler.run(
      "swift",
      ["package", "--package-path", root, "--scratch-path", scratch.path, "dump-package"])
    return try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }
}

import Foundation
import MilterProcessFixtures
import Testing

/// Compiles a Swift code block in the contexts where such blocks can be.
enum SwiftCheck {
  /// The contexts of a code block: the code before and after it.
  private static let places: [(before: String, after: String)] = [
    ("", ""),
    (imports, ""),
    ("\(filter)final class Example: Milter {\n", "}\n"),
    ("\(filter)final class Example: Milter {\nfunc example() async throws {\n", "}\n}\n"),
  ]

  private static let imports = """
    import MilterClient
    import MilterKit
    import MilterMTA
    import MilterMail
    import MilterRealMTA
    import MilterTesting

    """

  /// Declarations that articles use: the README's first filter, and a logger of swift-log.
  private static let filter =
    imports + """
      final class Greeter: Milter {}
      struct Logger {
        init(label: String) {}
        func error(_ line: String) {}
        func warning(_ line: String) {}
        func notice(_ line: String) {}
        func info(_ line: String) {}
        func debug(_ line: String) {}
      }

      """

  /// A substitute for the module of a reader's package, which tests import with `@testable`.
  private static let testedModule = """
    import MilterKit
    final class Greeter: Milter {}

    """

  /// The folder of the modules that this test was linked with.
  private static let modules = Result { try BuiltProgram.folder() + "/Modules" }

  /// Returns the shortest error output for the code; `nil` if the code compiles in one of the
  /// contexts.
  static func complaint(about block: CodeBlock) throws -> String? {
    let isManifest = block.text.contains("import PackageDescription")
    let isFile = isManifest || block.lines.contains { $0.hasPrefix("import ") }
    var complaints: [String] = []
    for place in isFile ? places.prefix(1) : places.dropFirst() {
      let source =
        place.before + block.text.replacing(/@testable import \w+\n/, with: testedModule)
        + place.after
      guard let complaint = try typecheck(source, isManifest: isManifest) else { return nil }
      complaints.append(complaint)
    }
    return complaints.min { $0.count < $1.count }
  }

  /// Returns the compiler's errors for a file, including those about values that two threads use.
  static func complaint(aboutIsolationOf source: String) throws -> String? {
    try complaint(about: source, mode: ["-emit-sil", "-o", "/dev/null"])
  }

  /// Returns the compiler's errors for a file of a program outside of this package.
  static func complaint(aboutFile source: String) throws -> String? {
    try typecheck(source, isManifest: false)
  }

  private static func typecheck(_ source: String, isManifest: Bool) throws -> String? {
    try complaint(about: source, mode: ["-typecheck"], isManifest: isManifest)
  }

  private static func complaint(
    about source: String, mode: [String], isManifest: Bool = false
  ) throws -> String? {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "code-block-\(UUID().uuidString).swift")
    try Data(source.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var arguments = mode + ["-swift-version", "6", file.path]
    if isManifest {
      arguments += ["-I", try toolchain("pm/ManifestAPI"), "-package-description-version", "6.2"]
    } else {
      arguments += ["-I", try modules.get()]
      for module in ["CMilterSystem"] {
        let map = BuiltProgram.packageRoot + "/Sources/\(module)/module.modulemap"
        arguments += ["-Xcc", "-fmodule-map-file=\(map)"]
      }
      if source.contains("@main") { arguments.append("-parse-as-library") }
    }
    return try Compiler.complaint("swiftc", arguments)
  }

  /// Returns a folder of the toolchain's own modules.
  private static func toolchain(_ folder: String) throws -> String {
    struct Info: Decodable {
      var paths: Paths
      struct Paths: Decodable { var runtimeResourcePath: String }
    }
    let answer = try Compiler.run("swiftc", ["-print-target-info"]).output
    let info = try JSONDecoder().decode(Info.self, from: Data(answer.utf8))
    return "\(info.paths.runtimeResourcePath)/\(folder)"
  }
}

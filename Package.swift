// swift-tools-version: 6.2

import PackageDescription

/// Settings every target of ours is built with.
///
/// In CI warnings are errors; users of the package are not stopped by a newer compiler's.
let common: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// For targets that touch no unsafe construct at all; the compiler proves it.
let memorySafe: [SwiftSetting] = common + [.strictMemorySafety()]

/// A program under Samples/, one folder each.
func sample(
  _ name: String, _ dependencies: Target.Dependency..., excluding readme: [String] = ["README.md"]
) -> Target {
  .executableTarget(
    name: name, dependencies: ["MilterKit"] + dependencies, path: "Samples/\(name)",
    exclude: readme, swiftSettings: common)
}

let package = Package(
  name: "swift-milter",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MilterKit", targets: ["MilterKit"]),
    .library(name: "MilterCore", targets: ["MilterCore"]),
    .library(name: "MilterMail", targets: ["MilterMail"]),
    .library(name: "MilterMTA", targets: ["MilterMTA"]),
    .library(name: "MilterClient", targets: ["MilterClient"]),
    .library(name: "MilterTesting", targets: ["MilterTesting"]),
    .library(name: "Libmilter", targets: ["Libmilter"]),
    .library(name: "milter-abi", type: .static, targets: ["LibmilterABI"]),
    .executable(name: "milter", targets: ["milter"]),
    .executable(name: "stamp", targets: ["stamp"]),
    .executable(name: "greeter", targets: ["greeter"]),
    .executable(name: "clamd", targets: ["clamd"]),
    .executable(name: "disclaimer", targets: ["disclaimer"]),
    .executable(name: "fromalign", targets: ["fromalign"]),
    .executable(name: "greylist", targets: ["greylist"]),
    .executable(name: "journal", targets: ["journal"]),
    .executable(name: "ratelimit", targets: ["ratelimit"]),
    .executable(name: "rewrite", targets: ["rewrite"]),
    .executable(name: "doorman", targets: ["doorman"]),
    .executable(name: "doorman-libmilter", targets: ["doorman-libmilter"]),
    .executable(name: "doorman-c", targets: ["doorman-c"]),
  ],
  targets: [
    .target(name: "MilterCore", swiftSettings: memorySafe),
    .systemLibrary(name: "CEpoll"),
    .target(name: "MilterSockets", dependencies: ["CEpoll"], swiftSettings: common),
    .systemLibrary(name: "CGetopt"),
    .target(
      name: "CommandLineSupport", dependencies: ["CGetopt", "MilterSockets"],
      swiftSettings: common),
    .target(name: "CLibmilter", path: "Compat/CLibmilter"),
    .target(
      name: "LibmilterProcess", dependencies: ["MilterKit", "MilterSockets"],
      path: "Compat/LibmilterProcess", swiftSettings: common),
    .target(
      name: "Libmilter", dependencies: ["LibmilterProcess", "MilterKit"],
      path: "Compat/Libmilter", swiftSettings: common),
    .target(
      name: "LibmilterABI", dependencies: ["CLibmilter", "LibmilterProcess", "MilterKit"],
      path: "Compat/LibmilterABI", swiftSettings: common),
    .target(name: "MilterMail", swiftSettings: memorySafe),
    .target(name: "MilterMTA", dependencies: ["MilterCore"], swiftSettings: memorySafe),
    .target(
      name: "MilterClient", dependencies: ["MilterCore", "MilterMTA", "MilterSockets"],
      swiftSettings: common),
    .target(
      name: "MilterPlay",
      dependencies: [
        "CommandLineSupport", "MilterClient", "MilterCore", "MilterMTA", "MilterSockets",
      ],
      swiftSettings: common),
    .target(
      name: "MilterKit",
      dependencies: [
        "CommandLineSupport", "MilterClient", "MilterCore", "MilterMTA", "MilterPlay",
        "MilterSockets",
      ],
      swiftSettings: common),
    .target(
      name: "MilterTool",
      dependencies: [
        "CommandLineSupport", "MilterClient", "MilterCore", "MilterKit", "MilterMTA", "MilterPlay",
        "MilterSockets",
      ],
      swiftSettings: common),
    .executableTarget(name: "milter", dependencies: ["MilterTool"], swiftSettings: common),
    .target(
      name: "MilterTesting",
      dependencies: ["MilterClient", "MilterCore", "MilterKit", "MilterMTA"],
      swiftSettings: common),
    sample("stamp", excluding: []),
    sample("greeter", excluding: []),
    sample("clamd"),
    sample("disclaimer", "MilterMail"),
    sample("fromalign", "MilterMail"),
    sample("greylist"),
    sample("journal"),
    sample("ratelimit"),
    sample("rewrite", "MilterMail"),
    .executableTarget(
      name: "doorman", dependencies: ["MilterKit"], path: "Samples/doorman/MilterKit",
      swiftSettings: common),
    .executableTarget(
      name: "doorman-libmilter", dependencies: ["Libmilter"],
      path: "Samples/doorman/Libmilter", swiftSettings: common),
    .executableTarget(
      name: "doorman-c", dependencies: ["CLibmilter", "LibmilterABI"], path: "Samples/doorman/c"),
    .testTarget(name: "MilterCoreTests", dependencies: ["MilterCore"], swiftSettings: common),
    .testTarget(name: "MilterSocketsTests", dependencies: ["MilterSockets"], swiftSettings: common),
    .testTarget(name: "MilterMailTests", dependencies: ["MilterMail"], swiftSettings: common),
    .testTarget(
      name: "MilterMTATests", dependencies: ["MilterCore", "MilterMTA"], swiftSettings: common),
    .testTarget(
      name: "MilterClientTests",
      dependencies: ["MilterClient", "MilterCore", "MilterMTA", "MilterSockets"],
      swiftSettings: common),
    .target(
      name: "FilterFixtures", dependencies: ["MilterKit"], path: "Tests/FilterFixtures",
      swiftSettings: common),
    .executableTarget(
      name: "operated-filter", dependencies: ["MilterKit"], path: "Tests/OperatedFilter",
      swiftSettings: common),
    .executableTarget(
      name: "greeter-c", dependencies: ["CLibmilter", "LibmilterABI"],
      path: "Tests/CFilterFixture"),
    .target(name: "ProcessFixtures", path: "Tests/ProcessFixtures", swiftSettings: common),
    .testTarget(
      name: "MilterKitTests",
      dependencies: [
        "FilterFixtures", "MilterCore", "MilterKit", "MilterPlay", "MilterSockets",
        "ProcessFixtures", "greeter", "operated-filter", "stamp",
      ],
      swiftSettings: common),
    .testTarget(
      name: "MilterTestingTests", dependencies: ["MilterTesting"], swiftSettings: common),
    .testTarget(
      name: "LibmilterTests",
      dependencies: [
        "FilterFixtures", "Libmilter", "LibmilterProcess", "MilterCore", "MilterKit",
        "MilterSockets", "ProcessFixtures",
      ],
      swiftSettings: common),
    .testTarget(
      name: "CompatTests",
      dependencies: ["MilterCore", "MilterMTA", "MilterSockets", "ProcessFixtures"],
      exclude: ["Filter", "Binaries/Programs"], swiftSettings: common),
    // Compiles the documentation's code against these modules.
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "Libmilter", "MilterClient", "MilterKit", "MilterMTA", "MilterMail", "MilterTesting",
        "ProcessFixtures",
      ],
      swiftSettings: common),
    .testTarget(
      name: "SampleTests",
      dependencies: [
        "MilterTesting", "ProcessFixtures", "clamd", "disclaimer", "fromalign", "greylist",
        "journal", "ratelimit", "rewrite",
      ],
      swiftSettings: common),
    .testTarget(
      name: "MilterToolTests",
      dependencies: [
        "CommandLineSupport", "MilterCore", "MilterMTA", "MilterPlay", "MilterSockets",
        "MilterTool", "ProcessFixtures", "greeter", "milter", "stamp",
      ],
      exclude: ["Filters"], swiftSettings: common),
    .testTarget(
      name: "RealMTATests",
      dependencies: [
        "FilterFixtures", "MilterCore", "MilterKit", "MilterMTA", "MilterSockets", "MilterTesting",
        "ProcessFixtures",
      ],
      swiftSettings: common),
  ]
)

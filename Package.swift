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
    name: "milter-sample-\(name)", dependencies: ["MilterKit"] + dependencies,
    path: "Samples/\(name)",
    exclude: readme, swiftSettings: common)
}

let package = Package(
  name: "swift-milter",
  platforms: [.macOS(.v15)],
  products: [
    // One import for a filter: its base classes, the server, and `main()`.
    .library(name: "MilterKit", targets: ["MilterKit"]),
    // The protocol without I/O, for a transport or an event loop other than ours.
    .library(name: "MilterCore", targets: ["MilterCore"]),
    // Mail formats (header fields, addresses, MIME), for filters and other mail programs.
    .library(name: "MilterMail", targets: ["MilterMail"]),
    // The MTA's side of a session without I/O: what an MTA makes of a filter's replies.
    .library(name: "MilterMTA", targets: ["MilterMTA"]),
    // That side over a socket, for MTAs, proxies, and programs that monitor filters.
    .library(name: "MilterClient", targets: ["MilterClient"]),
    // The test kit for filter authors. A filter itself does not link it.
    .library(name: "MilterTesting", targets: ["MilterTesting"]),
    // Starts a private Postfix or Sendmail; MilterTesting starts no programs.
    .library(name: "MilterRealMTA", targets: ["MilterRealMTA"]),
    // libmilter's names in Swift, for ported filters. It links no MTA simulator.
    .library(name: "Libmilter", targets: ["Libmilter"]),
    // For Samples/cluster, which keeps the same filters' state elsewhere. Dependents do not get it.
    .library(name: "milter-sample-filters", targets: ["MilterGreylist", "MilterRateLimit"]),
    // The C library: Compat/install.sh links libmilter.so.1.0.1 from it.
    .library(name: "milter-abi", type: .static, targets: ["CMilterNames", "LibmilterABI"]),
    .executable(name: "milter", targets: ["milter-program"]),
    .executable(name: "stamp", targets: ["milter-sample-stamp"]),
    .executable(name: "greeter", targets: ["milter-sample-greeter"]),
    .executable(name: "blocklist", targets: ["milter-sample-blocklist"]),
    .executable(name: "chain", targets: ["milter-sample-chain"]),
    .executable(name: "clamd", targets: ["milter-sample-clamd"]),
    .executable(name: "disarm", targets: ["milter-sample-disarm"]),
    .executable(name: "disclaimer", targets: ["milter-sample-disclaimer"]),
    .executable(name: "fromalign", targets: ["milter-sample-fromalign"]),
    .executable(name: "greylist", targets: ["milter-sample-greylist"]),
    .executable(name: "journal", targets: ["milter-sample-journal"]),
    .executable(name: "ratelimit", targets: ["milter-sample-ratelimit"]),
    .executable(name: "rewrite", targets: ["milter-sample-rewrite"]),
    .executable(name: "doorman", targets: ["milter-sample-doorman"]),
    .executable(name: "doorman-libmilter", targets: ["milter-sample-doorman-libmilter"]),
    .executable(name: "doorman-c", targets: ["milter-sample-doorman-c"]),
  ],
  targets: [
    .target(name: "MilterCore", swiftSettings: memorySafe),
    // The C library by one name. A module of its own: MilterKit re-exports types of MilterSystem, and must not
    // re-export the C library.
    .target(
      name: "MilterPlatform", path: "Sources/MilterSystem/Platform", swiftSettings: common),
    .target(
      name: "MilterSystem", dependencies: ["CMilterSystem", "MilterCore", "MilterPlatform"],
      exclude: ["Platform"], swiftSettings: common),
    .systemLibrary(name: "CMilterSystem"),
    .target(
      name: "MilterCommandLine", dependencies: ["MilterSystem"], swiftSettings: common),
    .target(name: "CMilterAPI", path: "Compat/CMilterAPI"),
    .target(name: "CMilterNames", dependencies: ["CMilterAPI"], path: "Compat/CMilterNames"),
    .target(
      name: "LibmilterProcess",
      dependencies: ["MilterCore", "MilterRuntime", "MilterSystem"],
      path: "Compat/LibmilterProcess", swiftSettings: common),
    .target(
      name: "Libmilter",
      dependencies: ["LibmilterProcess", "MilterCore", "MilterRuntime", "MilterSystem"],
      path: "Compat/Libmilter", swiftSettings: common),
    .target(
      name: "LibmilterABI",
      dependencies: [
        "CMilterAPI", "LibmilterProcess", "MilterCore", "MilterRuntime", "MilterSystem",
      ],
      path: "Compat/LibmilterABI", swiftSettings: common),
    .target(name: "MilterMail", swiftSettings: memorySafe),
    .target(name: "MilterMTA", dependencies: ["MilterCore"], swiftSettings: memorySafe),
    .target(
      name: "MilterClient", dependencies: ["MilterCore", "MilterMTA", "MilterSystem"],
      swiftSettings: common),
    .target(
      name: "MilterPlay",
      dependencies: [
        "MilterClient", "MilterCommandLine", "MilterCore", "MilterMTA", "MilterSystem",
      ],
      swiftSettings: common),
    .target(
      name: "MilterRuntime", dependencies: ["MilterCore", "MilterSystem"],
      swiftSettings: common),
    .target(
      name: "MilterKit",
      dependencies: [
        "MilterClient", "MilterCommandLine", "MilterCore", "MilterMTA", "MilterMail",
        "MilterPlay", "MilterRuntime", "MilterSystem",
      ],
      swiftSettings: common),
    .target(
      name: "MilterTool",
      dependencies: [
        "MilterClient", "MilterCommandLine", "MilterCore", "MilterKit", "MilterMTA", "MilterPlay",
        "MilterSystem",
      ],
      swiftSettings: common),
    // A dependent may have a target `milter`.
    .executableTarget(
      name: "milter-program", dependencies: ["MilterSystem", "MilterTool"], path: "Sources/milter",
      swiftSettings: common),
    .target(
      name: "MilterTesting",
      dependencies: [
        "MilterClient", "MilterCore", "MilterKit", "MilterMTA", "MilterRuntime", "MilterSystem",
      ],
      swiftSettings: common),
    .target(
      name: "MilterProcesses", dependencies: ["MilterSystem"], swiftSettings: common),
    .target(
      name: "MilterRealMTA",
      dependencies: ["MilterKit", "MilterMTA", "MilterProcesses", "MilterSystem"],
      swiftSettings: common),
    sample("stamp", excluding: []),
    sample("greeter", excluding: []),
    sample("blocklist", "CMilterResolver", excluding: ["README.md", "CResolver"]),
    .target(
      name: "CMilterResolver", path: "Samples/blocklist/CResolver",
      linkerSettings: [.linkedLibrary("resolv")]),
    sample("chain", excluding: ["README.md", "chain.conf"]),
    sample("clamd"),
    sample("disarm", "MilterMail"),
    sample("disclaimer", "MilterMail"),
    sample("fromalign", "MilterMail"),
    sample("greylist", "MilterGreylist", excluding: ["README.md", "Filter"]),
    .target(
      name: "MilterGreylist", dependencies: ["MilterKit"],
      path: "Samples/greylist/Filter", swiftSettings: common),
    sample("journal"),
    sample("ratelimit", "MilterRateLimit", excluding: ["README.md", "Filter"]),
    .target(
      name: "MilterRateLimit", dependencies: ["MilterKit"], path: "Samples/ratelimit/Filter",
      swiftSettings: common),
    sample("rewrite", "MilterMail"),
    .executableTarget(
      name: "milter-sample-doorman", dependencies: ["MilterKit"], path: "Samples/doorman/MilterKit",
      swiftSettings: common),
    .executableTarget(
      name: "milter-sample-doorman-libmilter", dependencies: ["Libmilter"],
      path: "Samples/doorman/Libmilter", swiftSettings: common),
    .executableTarget(
      name: "milter-sample-doorman-c", dependencies: ["CMilterAPI", "LibmilterABI"],
      path: "Samples/doorman/c"),
    .target(
      name: "MilterRandomFixtures", path: "Tests/Fixtures/Random", swiftSettings: common),
    .target(name: "MilterTextFixtures", path: "Tests/Fixtures/Text", swiftSettings: common),
    .testTarget(
      name: "MilterCoreTests",
      dependencies: ["MilterCore", "MilterRandomFixtures", "MilterTextFixtures"],
      swiftSettings: common),
    .testTarget(
      name: "MilterSystemTests",
      dependencies: ["MilterPlatform", "MilterProcessFixtures", "MilterSystem"],
      swiftSettings: common),
    .testTarget(
      name: "MilterMailTests",
      dependencies: ["MilterMail", "MilterProcesses", "MilterRandomFixtures"], exclude: ["Python"],
      swiftSettings: common),
    .testTarget(
      name: "MilterMTATests",
      dependencies: ["MilterCore", "MilterMTA", "MilterPlay", "MilterRandomFixtures"],
      swiftSettings: common),
    .testTarget(
      name: "MilterClientTests",
      dependencies: ["MilterClient", "MilterCore", "MilterMTA", "MilterSystem"],
      swiftSettings: common),
    .target(
      name: "MilterFilterFixtures", dependencies: ["MilterCore", "MilterKit", "MilterSystem"],
      path: "Tests/Fixtures/Filter", swiftSettings: common),
    .executableTarget(
      name: "milter-operated-filter", dependencies: ["MilterKit"],
      path: "Tests/Programs/OperatedFilter",
      swiftSettings: common),
    .executableTarget(
      name: "milter-suspending-filter", dependencies: ["MilterFilterFixtures", "MilterKit"],
      path: "Tests/Programs/SuspendingFilter", swiftSettings: common),
    .executableTarget(
      name: "milter-greeter-c", dependencies: ["CMilterAPI", "LibmilterABI"],
      path: "Tests/Programs/CFilter"),
    // The program of the porting guide.
    .executableTarget(
      name: "milter-c-shaped-filter", dependencies: ["Libmilter"],
      path: "Tests/Programs/CShapedFilter",
      swiftSettings: common),
    // CompatTests also compiles it against the shared library.
    .executableTarget(
      name: "milter-threads-c", dependencies: ["CMilterAPI", "LibmilterABI"],
      path: "Tests/Programs/ThreadedFilter"),
    .target(
      name: "MilterProcessFixtures", dependencies: ["MilterProcesses", "MilterSystem"],
      path: "Tests/Fixtures/Process", swiftSettings: common),
    .testTarget(
      name: "MilterKitTests",
      dependencies: [
        "MilterCommandLine", "MilterCore", "MilterFilterFixtures", "MilterKit", "MilterPlatform",
        "MilterPlay", "MilterProcessFixtures", "MilterRandomFixtures", "MilterRuntime",
        "MilterSystem", "milter-operated-filter", "milter-sample-greeter", "milter-sample-stamp",
        "milter-suspending-filter",
      ],
      swiftSettings: common),
    .testTarget(
      name: "MilterTestingTests", dependencies: ["MilterProcessFixtures", "MilterTesting"],
      swiftSettings: common),
    .target(
      name: "MilterMessageFixtures", dependencies: ["MilterRandomFixtures", "MilterTesting"],
      path: "Tests/Fixtures/Message", swiftSettings: common),
    .testTarget(
      name: "MessageMilterTests",
      dependencies: ["MilterMail", "MilterMessageFixtures", "MilterTesting"],
      swiftSettings: common),
    .target(
      name: "MilterChainFixtures", dependencies: ["MilterMessageFixtures", "MilterTesting"],
      path: "Tests/Fixtures/Chain", swiftSettings: common),
    .testTarget(
      name: "MilterChainTests",
      dependencies: [
        "MilterChainFixtures", "MilterClient", "MilterCore", "MilterFilterFixtures", "MilterKit",
        "MilterMTA", "MilterMessageFixtures", "MilterRuntime", "MilterSystem", "MilterTesting",
        "MilterTextFixtures",
      ],
      swiftSettings: common),
    .testTarget(
      name: "LibmilterTests",
      dependencies: [
        "MilterFilterFixtures", "Libmilter", "LibmilterProcess", "MilterCore", "MilterKit",
        "MilterSystem", "MilterProcessFixtures", "MilterTextFixtures", "milter-c-shaped-filter",
      ],
      exclude: ["Clients"], swiftSettings: common),
    .testTarget(
      name: "CompatTests",
      dependencies: [
        "MilterClient", "MilterCore", "MilterMTA", "MilterSystem", "MilterProcessFixtures",
        "MilterRandomFixtures", "MilterTextFixtures",
        "milter-sample-doorman-c", "milter-threads-c",
      ],
      exclude: ["Binaries/Programs", "Binaries/Transcripts", "Filter", "Oracle/Facts.md"],
      swiftSettings: common),
    // Compiles the documentation's code against these modules.
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "Libmilter", "MilterClient", "MilterCore", "MilterKit", "MilterMTA", "MilterMail",
        "MilterRealMTA", "MilterRuntime", "MilterTesting", "MilterProcessFixtures",
      ],
      swiftSettings: common),
    .testTarget(
      name: "SampleTests",
      dependencies: [
        "MilterFilterFixtures", "MilterGreylist", "MilterKit", "MilterRateLimit", "MilterTesting",
        "MilterProcessFixtures", "milter-sample-blocklist", "milter-sample-chain",
        "milter-sample-clamd",
        "milter-sample-disarm",
        "milter-sample-disclaimer",
        "milter-sample-fromalign", "milter-sample-greylist",
        "milter-sample-journal", "milter-sample-ratelimit", "milter-sample-rewrite",
      ],
      swiftSettings: common),
    .testTarget(
      name: "MilterToolTests",
      dependencies: [
        "MilterClient", "MilterCommandLine", "MilterCore", "MilterKit", "MilterMTA",
        "MilterPlatform", "MilterPlay", "MilterProcessFixtures", "MilterRandomFixtures",
        "MilterSystem", "MilterTextFixtures", "MilterTool", "milter-program",
        "milter-sample-greeter", "milter-sample-stamp",
      ],
      exclude: ["Filters"], swiftSettings: common),
    .testTarget(
      name: "RealMTATests",
      dependencies: [
        "MilterChainFixtures", "MilterFilterFixtures", "MilterCore", "MilterKit", "MilterMTA",
        "MilterMessageFixtures", "MilterRealMTA",
        "MilterSystem", "MilterTesting", "MilterProcessFixtures", "milter-program",
      ],
      swiftSettings: common),
  ]
)

#if !os(Linux)
  // Only Linux on x86-64 with glibc is built and tested; nothing was ever compiled for macOS or with musl. The
  // C library's drop-in and the tests' own programs use Glibc by its name, and clamd's sample sends with Linux's
  // MSG_NOSIGNAL. On macOS, the targets and products that need them are left out. A build with musl on Linux has
  // to name its product.
  func targets(of all: [Target], without missing: Set<String>) -> [Target] {
    let left = all.filter { target in
      !missing.contains(target.name)
        && !target.dependencies.contains { dependency in
          if case .byNameItem(let name, _) = dependency { missing.contains(name) } else { false }
        }
    }
    guard left.count < all.count else { return left }
    let gone = Set(all.map(\.name)).subtracting(left.map(\.name))
    return targets(of: left, without: missing.union(gone))
  }
  package.targets = targets(
    of: package.targets,
    without: [
      "LibmilterABI", "MilterProcessFixtures", "milter-c-shaped-filter", "milter-sample-clamd",
    ])
  let left = Set(package.targets.map(\.name))
  package.products.removeAll { product in
    let needed = (product as? Product.Library)?.targets ?? (product as? Product.Executable)?.targets
    return !left.isSuperset(of: needed ?? [])
  }
#endif

// In the build of a package that depends on this one, SwiftPM would replace that package's executable `greeter`
// by ours: it gets the tool, and the libraries that are for others. SwiftPM and Xcode fetch packages to a folder
// `checkouts`; a dependency by path looks like this package itself.
if Context.packageDirectory.split(separator: "/").dropLast().last == "checkouts" {
  package.products.removeAll { product in
    product.name == "milter-sample-filters"
      || product is Product.Executable && product.name != "milter"
  }
}

// Building the tests takes longer than running them. `TEST_TARGETS=MilterKitTests,LibmilterTests` builds
// these only, for the optimizer or a sanitizer.
if let wanted = Context.environment["TEST_TARGETS"], !wanted.isEmpty {
  let names = wanted.split(separator: ",").map(String.init)
  let tests = package.targets.filter { $0.type == .test }.map(\.name)
  for name in names where !tests.contains(name) {
    fatalError("TEST_TARGETS: there is no test target \(name)")
  }
  package.targets.removeAll { $0.type == .test && !names.contains($0.name) }
}

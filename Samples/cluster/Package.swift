// swift-tools-version: 6.2

import PackageDescription

/// The same Swift settings as in the main package.
let swift: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let kit: Target.Dependency = .product(name: "MilterKit", package: "swift-milter")
/// MilterGreylist and MilterRateLimit: the filters, and their stores for comparisons.
let filters: Target.Dependency = .product(name: "milter-sample-filters", package: "swift-milter")

let package = Package(
  name: "milter-cluster",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "greylist-redis", targets: ["greylist-redis"]),
    .executable(name: "ratelimit-redis", targets: ["ratelimit-redis"]),
    .executable(name: "cluster-bench", targets: ["cluster-bench"]),
  ],
  dependencies: [.package(name: "swift-milter", path: "../..")],
  targets: [
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .target(name: "RedisStore", dependencies: ["CHiredis", kit, filters], swiftSettings: swift),
    .executableTarget(
      name: "greylist-redis", dependencies: ["RedisStore", kit, filters], swiftSettings: swift),
    .executableTarget(
      name: "ratelimit-redis", dependencies: ["RedisStore", kit, filters], swiftSettings: swift),
    // Servers for the benchmark and the tests.
    .target(name: "ClusterFixtures", swiftSettings: swift),
    .executableTarget(
      name: "cluster-bench", dependencies: ["ClusterFixtures", "RedisStore", kit, filters],
      swiftSettings: swift),
    .testTarget(
      name: "ClusterTests",
      dependencies: [
        "ClusterFixtures", "RedisStore", "cluster-bench", "greylist-redis", "ratelimit-redis", kit,
        filters,
        .product(name: "MilterTesting", package: "swift-milter"),
      ], swiftSettings: swift),
  ]
)

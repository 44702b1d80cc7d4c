// swift-tools-version: 6.2

import PackageDescription

/// The Swift settings of the measured package.
let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The C settings: warnings are errors.
let strict: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let milter: [Target.Dependency] = [
  .product(name: "MilterCore", package: "swift-milter"),
  .product(name: "MilterKit", package: "swift-milter"),
]

let package = Package(
  name: "milter-benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "milter-bench", targets: ["milter-bench"]),
    .executable(name: "core-count", targets: ["core-count"]),
    .executable(name: "mail-count", targets: ["mail-count"]),
  ],
  dependencies: [.package(name: "swift-milter", path: "../..")],
  targets: [
    .target(name: "CHost", cSettings: strict),
    .target(name: "CLoad", cSettings: strict),
    // The filters that are measured, as subclasses of Milter and of AsyncMilter.
    .target(name: "BenchFilters", dependencies: [milter[1]], swiftSettings: swift),
    // The C filter on the drop-in library.
    .target(
      name: "CBenchFilter", dependencies: [.product(name: "milter-abi", package: "swift-milter")],
      cSettings: strict),
    // The programs that are measured.
    .executableTarget(name: "floor", dependencies: ["CHost"], cSettings: strict),
    .executableTarget(
      name: "bench-filter", dependencies: ["BenchFilters", "CHost", milter[1]],
      swiftSettings: swift),
    .executableTarget(
      name: "core-count", dependencies: ["BenchFilters", "CBenchFilter"] + milter,
      swiftSettings: swift),
    .executableTarget(
      name: "mail-count", dependencies: [.product(name: "MilterMail", package: "swift-milter")],
      swiftSettings: swift),
    // The program that measures. It depends on the programs above so that `swift run` builds them.
    .executableTarget(
      name: "milter-bench",
      dependencies: ["CHost", "CLoad", "bench-filter", "floor", milter[0]], swiftSettings: swift),
  ]
)

// swift-tools-version: 6.2

import PackageDescription

/// The Swift settings, as in the package under test.
let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The C settings: warnings are errors.
let strict: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let package = Package(
  name: "milter-soak",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "soak", targets: ["soak"])],
  dependencies: [.package(name: "swift-milter", path: "../..")],
  targets: [
    .target(name: "SoakRules", swiftSettings: swift),
    // The same filter three times: as a Milter, as an AsyncMilter, and in C on the drop-in library.
    .executableTarget(
      name: "soak-filter",
      dependencies: ["SoakRules", .product(name: "MilterKit", package: "swift-milter")],
      swiftSettings: swift),
    .executableTarget(
      name: "soak-async",
      dependencies: ["SoakRules", .product(name: "MilterKit", package: "swift-milter")],
      swiftSettings: swift),
    .executableTarget(
      name: "soak-filter-c",
      dependencies: [.product(name: "milter-abi", package: "swift-milter")], cSettings: strict),
    // The dependencies on the filters make one `swift run` build everything.
    .executableTarget(
      name: "soak",
      dependencies: [
        "SoakRules", "soak-async", "soak-filter", "soak-filter-c",
        .product(name: "MilterCore", package: "swift-milter"),
      ], swiftSettings: swift),
  ]
)

// swift-tools-version: 6.2

import PackageDescription

/// The Swift settings of the fuzzed package; the entry point is libFuzzer's.
let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .unsafeFlags(["-parse-as-library"]),
]

/// The C settings: warnings are errors.
let strict: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

let core: Target.Dependency = .product(name: "MilterCore", package: "swift-milter")
let mta: Target.Dependency = .product(name: "MilterMTA", package: "swift-milter")

/// A fuzz target written in Swift.
func target(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: ["FuzzInput"] + dependencies, swiftSettings: swift)
}

let package = Package(
  name: "milter-fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-milter", path: "../..")],
  targets: [
    .target(name: "FuzzInput", swiftSettings: swift),
    target("fuzz-session", [core]),
    // MilterPlay and MilterSystem are not products, but parts of the product MilterKit.
    target("fuzz-reply", [core, mta, .product(name: "MilterKit", package: "swift-milter")]),
    target("fuzz-socket-spec", [.product(name: "MilterKit", package: "swift-milter")]),
    target("fuzz-eml", [core, mta]),
    target("fuzz-mail", [.product(name: "MilterMail", package: "swift-milter")]),
    .executableTarget(
      name: "fuzz-libmilter",
      dependencies: [.product(name: "milter-abi", package: "swift-milter")], cSettings: strict),
  ]
)

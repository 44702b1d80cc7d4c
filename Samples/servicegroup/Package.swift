// swift-tools-version: 6.2

import PackageDescription

/// Swift settings as in the package whose filters are served.
let swift: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let kit: Target.Dependency = .product(name: "MilterKit", package: "swift-milter")
let lifecycle: [Target.Dependency] = ["ServiceLifecycle", "UnixSignals"].map {
  .product(name: $0, package: "swift-service-lifecycle")
}
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
  name: "milter-servicegroup",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-milter", path: "../.."),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
  ],
  targets: [
    .target(
      name: "MilterService", dependencies: [kit, lifecycle[0]], swiftSettings: swift),
    .executableTarget(
      name: "servicegroup", dependencies: ["MilterService", kit, log] + lifecycle,
      swiftSettings: swift),
    .testTarget(
      name: "MilterServiceTests",
      dependencies: [
        "MilterService", "servicegroup", kit, log, lifecycle[0],
        .product(name: "MilterTesting", package: "swift-milter"),
      ], swiftSettings: swift),
  ]
)

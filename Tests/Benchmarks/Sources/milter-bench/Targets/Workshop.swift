import Foundation

/// Creates the targets: it finds the package's built programs, and compiles the C filter.
struct Workshop {
  private let package: URL
  private let build: URL
  private let programs: URL
  private let note: (String) -> Void

  /// Creates a workshop; `note` gets lines for the user about builds and missing programs.
  init(note: @escaping (String) -> Void) throws {
    self.note = note
    // This file is Sources/milter-bench/Targets/Workshop.swift in the package.
    package = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    build = package.appending(path: ".build/milter-bench")
    programs = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
    try FileManager.default.createDirectory(at: build, withIntermediateDirectories: true)
  }

  /// Returns the wanted targets that this machine can run.
  func make(_ wanted: [TargetName]) throws -> [Target] {
    try wanted.compactMap { name in
      switch name {
      case .milterkit: try built("bench-filter", as: .milterkit)
      case .async: try built("bench-filter", as: .async, ["async"])
      case .floor: try built("floor", as: .floor)
      case .libmilter: try original()
      case .dropin: try dropIn()
      }
    }
  }

  private func built(
    _ program: String, as name: TargetName, _ arguments: [String] = []
  ) throws -> Target {
    let path = programs.appending(path: program).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw BenchError("\(path) is missing: build it with `swift build -c release`")
    }
    return Target(name: name, program: path, arguments: arguments)
  }

  private var hasOriginal: Bool {
    FileManager.default.fileExists(atPath: "/usr/include/libmilter/mfapi.h")
      && Tool.find("cc") != nil
  }

  private func original() throws -> Target? {
    guard hasOriginal else {
      note("libmilter is left out: it needs cc and the package libmilter-dev")
      return nil
    }
    return Target(
      name: .libmilter, program: try compile([]), environment: ["LD_LIBRARY_PATH": ""],
      library: "/libmilter.so")
  }

  private func dropIn() throws -> Target? {
    guard Tool.find("cc") != nil else {
      note("the C drop-in is left out: it needs cc")
      return nil
    }
    let prefix = try installedPrefix()
    let library = "\(prefix)/lib"
    // A drop-in replacement must run the program that was built for libmilter. Where libmilter is
    // not installed, the program is built for this library.
    let program =
      hasOriginal ? try compile([]) : try compile(["-I\(prefix)/include", "-L\(library)"])
    return Target(
      name: .dropin, program: program, environment: ["LD_LIBRARY_PATH": library],
      library: library)
  }

  private func installedPrefix() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let prefix = environment["SWIFT_MILTER_COMPAT_PREFIX"], !prefix.isEmpty { return prefix }
    let prefix = build.appending(path: "compat").path
    let script = package.appending(path: "../../Compat/install.sh").standardized.path
    note("building the C drop-in; the first time this takes a minute or two")
    try Tool.run(
      "/usr/bin/env", ["bash", script, "--prefix", prefix],
      environment: ["SWIFT_BUILD_PATH": build.appending(path: "compat-build").path])
    return prefix
  }

  private func compile(_ flags: [String]) throws -> String {
    let program = build.appending(path: "bench-filter-c").path
    let source = package.appending(path: "Filter/bench-filter.c").path
    try Tool.run(
      "/usr/bin/env",
      ["cc", "-O2", "-Wall", "-Wextra", "-Werror"] + flags
        + ["-o", program, source, "-lmilter", "-lpthread"])
    return program
  }
}

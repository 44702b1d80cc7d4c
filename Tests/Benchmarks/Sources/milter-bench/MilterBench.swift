import CHost
import Foundation
import Glibc

/// `swift run -c release milter-bench`: measures the targets side by side.
@main
enum MilterBench {
  static func main() {
    do {
      try run(try Options(CommandLine.arguments.dropFirst()))
    } catch {
      complain("milter-bench: \(error)")
      exit(1)
    }
  }

  private static func run(_ options: Options) throws {
    if options.showsHelp { return print(Options.help) }
    if let file = options.earlierFile {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      return try report(try JSONDecoder().decode(Results.self, from: data), options)
    }
    var cases = try options.selectedCases()
    if options.listsCases {
      for one in cases {
        print(one.name.padding(toLength: 18, withPad: " ", startingAt: 0) + one.title)
      }
      return
    }
    if options.isQuick { cases = cases.compactMap(\.quick) }
    cases = limited(cases)
    let targets = try Workshop(note: complain).make(options.targets)
    guard !targets.isEmpty else { throw BenchError("no target is left") }
    let counter = SyscallCounter()
    if counter == nil { complain("system calls are not counted: neither perf nor strace works") }
    let runner = Runner(
      options: options, targets: targets, counter: counter,
      placement: try Placement(pinned: options.isPinned))
    try report(try runner.run(cases), options)
  }

  /// Returns the cases with no more connections than the limit on descriptors allows.
  private static func limited(_ cases: [BenchCase]) -> [BenchCase] {
    let descriptors = Int(clamping: host_raise_descriptors())
    let limit = max(1, descriptors - 100)
    for one in cases where one.connections > limit {
      complain(
        "\(one.title): only \(limit) connections, as the limit on open descriptors is "
          + "\(descriptors) (ulimit -Hn)")
    }
    return cases.map { $0.limited(to: limit) }
  }

  private static func report(_ results: Results, _ options: Options) throws {
    if let file = options.svgFile {
      try Data(results.svg.utf8).write(to: URL(fileURLWithPath: file))
    }
    switch options.jsonFile {
    case "-": print(String(decoding: try results.json(), as: UTF8.self))
    case let file?:
      try results.json().write(to: URL(fileURLWithPath: file))
      print(results.report, terminator: "")
    case nil: print(results.report, terminator: "")
    }
  }

  private static func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}

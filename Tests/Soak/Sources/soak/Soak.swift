@preconcurrency import Foundation
@preconcurrency import Glibc

/// Sends very many messages to a filter over many connections, with the failures of real MTAs and networks.
///
/// Checks every reply, and the filter's descriptors and memory.
@main
enum Soak {
  static func main() {
    setvbuf(stdout, nil, _IOLBF, 0)
    guard let options = SoakOptions(Array(CommandLine.arguments.dropFirst())) else {
      fputs(SoakOptions.usage + "\n", stderr)
      exit(64)
    }
    do {
      let complaints = try soak(options)
      for complaint in complaints { print(complaint) }
      print(complaints.isEmpty ? "all well" : "\(complaints.count) complaints")
      exit(complaints.isEmpty ? 0 : 1)
    } catch {
      fputs("soak: \(error)\n", stderr)
      exit(1)
    }
  }

  /// Runs a filter and its clients, and returns the errors.
  private static func soak(_ options: SoakOptions) throws -> [String] {
    let filter = try FilterProcess(options.filter)
    let before = try filter.sample()
    let tally = Tally(limit: options.messages)
    let clients = DispatchGroup()
    for number in 0..<options.connections {
      clients.enter()
      let thread = Thread { [path = filter.path] in
        var client = Client(number: number, path: path, seed: options.seed, tally: tally)
        client.run()
        clients.leave()
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    var watch = Watch(filter, tally)
    try watch.run(options, until: clients)
    return try watch.complaints(descriptorsBefore: before.descriptors)
  }
}

/// Filters that note the sender, as programs: one on MilterKit, one in C on the drop-in.
enum OutageFilter: String, CaseIterable, CustomStringConvertible {
  case milterKit = "greeter"
  case dropIn = "milter-greeter-c"

  var description: String { rawValue }

  /// Starts it, for the first time or again.
  func start(
    on socket: MilterSocket, in directory: InstanceDirectory, log: String
  ) throws -> SampleProcess {
    try SampleProcess(rawValue, ["--socket", socket.spec], in: directory, log: log)
  }
}

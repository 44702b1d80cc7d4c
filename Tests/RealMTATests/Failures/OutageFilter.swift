/// Filter programs that add the sender as a header field: one on MilterKit, and one in C on the drop-in
/// library.
enum OutageFilter: String, CaseIterable, CustomStringConvertible {
  case milterKit = "greeter"
  case dropIn = "milter-greeter-c"

  var description: String { rawValue }

  /// Starts the filter, for the first time or again.
  func start(
    on socket: MilterSocket, in directory: InstanceDirectory, log: String
  ) throws -> SampleProcess {
    try SampleProcess(rawValue, ["--socket", socket.spec], in: directory, log: log)
  }
}

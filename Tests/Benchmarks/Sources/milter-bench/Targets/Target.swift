/// A program that serves the filters.
struct Target {
  let name: TargetName
  let program: String
  /// The program's arguments before the filter and the socket.
  var arguments: [String] = []
  var environment: [String: String] = [:]
  /// The measured library, a file that the process must have mapped.
  var library: String?
}

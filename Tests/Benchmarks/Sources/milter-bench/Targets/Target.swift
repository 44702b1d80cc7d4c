/// A program that serves the filters.
struct Target {
  let name: TargetName
  let program: String
  /// What the program gets before the filter and the socket.
  var arguments: [String] = []
  var environment: [String: String] = [:]
  /// A file that the running process must have mapped: the library that is measured.
  var library: String?
}

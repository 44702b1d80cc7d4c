/// A program that serves the filters.
struct Target {
  let name: TargetName
  let program: String
  var environment: [String: String] = [:]
  /// A file that the running process must have mapped: the library that is measured.
  var library: String?
}

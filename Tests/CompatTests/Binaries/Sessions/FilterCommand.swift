/// What starts a filter.
struct FilterCommand {
  let program: String
  let arguments: [String]
  let environment: [String: String]
  /// The file of the one and only libmilter in the filter's memory.
  let library: String
}

/// The command that starts a filter.
struct FilterCommand {
  let program: String
  let arguments: [String]
  let environment: [String: String]
  /// The file of the only libmilter that the filter loads.
  let library: String
}

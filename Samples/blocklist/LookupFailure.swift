/// The reason why a name could not be looked up.
struct LookupFailure: Error, Equatable, CustomStringConvertible {
  let description: String
}

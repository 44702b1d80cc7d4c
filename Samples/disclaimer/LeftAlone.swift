/// The reason why a message is not changed.
struct LeftAlone: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// The action on mail while Redis does not answer.
public enum RedisFallback: String, CaseIterable, Sendable {
  case accept
  case tempfail
}

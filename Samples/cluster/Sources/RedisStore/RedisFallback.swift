/// What becomes of mail while Redis does not answer.
public enum RedisFallback: String, CaseIterable, Sendable { case accept, tempfail }

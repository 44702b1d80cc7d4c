/// Why the benchmark cannot go on, for its user to read.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

import MilterCommandLine

/// A filter's own options, in addition to those of every filter.
package struct OwnOptions {
  /// A filter author's mistake in ``MilterBase/programOptions``.
  package struct Mistake: Error, CustomStringConvertible {
    package let description: String
  }

  private let options: [any MilterProgramOption]

  init(_ options: [any MilterProgramOption]) { self.options = options }

  /// Checks that the user can give each option.
  ///
  /// - Parameter names: The names of the options that every filter has.
  /// - Throws: ``Mistake`` for an option that can never be used.
  func check(against names: [String]) throws(Mistake) {
    var taken = Set(names)
    for name in options.map(\.name) {
      if name.isEmpty || name.hasPrefix("-") || name.contains("=") {
        throw Mistake(
          description: "programOptions: \"\(name)\" cannot be an option's name; write it without "
            + "dashes in front and without =")
      }
      if !taken.insert(name).inserted {
        let other = names.contains(name) ? "an option of every filter" : "another of its options"
        throw Mistake(
          description: "programOptions: --\(name) is the name of \(other); rename the setting")
      }
    }
  }

  /// Checks that the command line has all options that the filter requires.
  func checkPresence(of given: Set<String>) throws(UsageError) {
    if let missing = options.first(where: { $0.isRequired && !given.contains($0.name) }) {
      throw UsageError("--\(missing.name) is required")
    }
  }
}

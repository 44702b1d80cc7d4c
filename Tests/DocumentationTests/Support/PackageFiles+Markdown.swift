import MilterProcessFixtures

extension PackageFiles {
  /// The Markdown files of the package, by their paths; those that a build has fetched are left out.
  static let markdown: [String] =
    ["README.md", "CONTRIBUTING.md"]
    + paths(below: ["Sources", "Compat", "Samples", "Tests"], endingIn: [".md"])
}

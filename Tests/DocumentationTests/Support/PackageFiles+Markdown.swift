import MilterProcessFixtures

extension PackageFiles {
  /// The paths of the package's Markdown files, except those that a build has fetched.
  static let markdown: [String] =
    ["README.md", "CONTRIBUTING.md"]
    + paths(below: ["Sources", "Compat", "Samples", "Tests"], endingIn: [".md"])
}

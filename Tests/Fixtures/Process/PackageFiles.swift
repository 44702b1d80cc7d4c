import Foundation

/// The files of this package by their paths in the package.
package enum PackageFiles {
  /// Returns the text of a file.
  package static func text(of path: String) throws -> String {
    try String(contentsOfFile: "\(BuiltProgram.packageRoot)/\(path)", encoding: .utf8)
  }

  /// Returns the files below some folders with certain endings, sorted within each folder.
  ///
  /// Files that a build has fetched are not included: the names of their folders begin with a dot.
  package static func paths(below folders: [String], endingIn endings: [String]) -> [String] {
    folders.flatMap { folder in
      let root = "\(BuiltProgram.packageRoot)/\(folder)"
      let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
      return names.filter { name in
        !name.hasPrefix(".") && !name.contains("/.") && endings.contains(where: name.hasSuffix)
      }.sorted().map { "\(folder)/\($0)" }
    }
  }
}

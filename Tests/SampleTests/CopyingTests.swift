import Foundation
import MilterProcessFixtures
import Testing

/// A sample can be copied out of the package.
@Suite struct CopyingTests {
  @Test func `No sample imports a module that is not a product of the package`() throws {
    let root = "\(BuiltProgram.packageRoot)/Samples"
    let files = try FileManager.default.subpathsOfDirectory(atPath: root).filter {
      $0.hasSuffix(".swift") && !$0.contains("/.")
    }
    #expect(files.count > 50)
    for file in files {
      let text = try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
      for module in ["MilterPlatform", "MilterSystem"] {
        #expect(!text.contains("import \(module)\n"), "\(file)")
      }
    }
  }
}

import MilterMTA
import Testing

@Suite struct PostfixFeatureTests {
  @Test(arguments: [
    ("3.7.11", false), ("3.7.20", true), ("3.8.14", false), ("3.8.20", true), ("3.9.8", false),
    ("3.10.7", false), ("3.10.13", true), ("3.11.0", true), ("3.12-20260821", true), ("2.6", false),
    ("4.0", true),
  ])
  func `shutdown came with patches of older series`(version: String, isKnown: Bool) throws {
    #expect(PostfixFeature.shutdown.isKnown(to: try #require(MTAVersion(version))) == isKnown)
  }

  @Test func `The first releases are listed`() {
    #expect(PostfixFeature.shutdown.releases == "3.7.20, 3.8.15, 3.9.9, 3.10.8 and 3.11")
    #expect(PostfixFeature.ownSettings.releases == "3.0")
  }
}
